"""The cases, benefits and readings of 沪人社规〔2024〕20号 as types. Written by `tiaoli types hrss-2024-20`: write it again, change nothing here."""

# ruff: noqa: E501  # what a key is in the words of the policy is as long as it is

from datetime import date
from decimal import Decimal
from typing import Literal, Required, TypedDict

Day = str | date
"""`2025-03-01`, or a `date`."""
Amount = str | Decimal
"""`"250.00"`, or a `Decimal`."""

Status = Literal["employed", "unemployed", "graduating_student", "other"]
PublicInstitutionPost = Literal["none", "skilled", "non_skilled"]
CertificateKind = Literal["skill_level", "special_ability", "other"]
Domain = Literal["ai_data_annotation", "ai_model_application", "other"]
Industry = Literal["elderly_care", "domestic_service", "other"]
System = Literal["elderly_care", "domestic_service"]
ApplicationKind = Literal["skill", "special", "training"]
ApplicationOutcome = Literal["granted", "pending", "refused"]
Sector = Literal["integrated_circuits", "biomedicine", "artificial_intelligence", "elderly_care", "domestic_service", "other"]
Party = Literal["employer", "employment_centre", "training_institution", "trainees"]
HeldIn = Literal["shanghai", "elsewhere"]
SchoolKind = Literal["vocational", "university", "other"]
PersonGroup = Literal["assisted_insurance", "former_rural_labour", "disabled", "recent_veteran", "flexible_worker", "employment_difficulty"]
Route = Literal["assessment", "firm_recognition", "competition", "honour", "other"]
Group = Literal["unemployed", "assisted_insurance", "former_rural_labour", "out_of_province_jobseeker", "other"]
Hukou = Literal["shanghai", "other"]
TrainingKind = Literal["staff_training", "directed_training", "other"]
ProjectKind = Literal["skill_level_assessment", "special_ability", "other"]
Work = Literal["new", "update", "other"]
Activity = Literal["directed_training", "apprenticeship", "staff_training", "other"]


class Person(TypedDict, total=False):
    """申请人 · applicant"""

    status: Status
    """申请时的身份 · status at application"""

    civil_servant: bool
    """是否为公务员 · civil servant"""

    public_institution_post: PublicInstitutionPost
    """事业单位岗位情况 · post in a public institution"""

    school_in_shanghai: bool
    """是否就读于本市院校 · school in Shanghai"""

    in_city_groups: bool
    """是否属于本市有关规定所列人群 · in a group that the city's rules name"""

    insured_in_shanghai: bool
    """是否参加本市社会保险并处于缴费状态 · insured in Shanghai and paying"""

    hukou: Hukou
    """申请人户籍 · applicant's hukou"""

    of_working_age: bool
    """是否在法定劳动年龄段内 · of working age"""

    school_kind: SchoolKind
    """院校类别 · kind of school"""

    groups: list[PersonGroup]
    """所属人群 · groups the applicant belongs to"""


class Certificate(TypedDict, total=False):
    """证书 · certificate"""

    id: Required[str]
    """编号 · the id"""

    kind: CertificateKind
    """证书类别 · kind of certificate"""

    occupation_code: str
    """职业编码 · occupation code"""

    level: int
    """职业技能等级 · skill level"""

    domain: Domain
    """专项职业能力领域 · special-ability domain"""

    issued: Day
    """核发日期 · issue date"""

    meets_city_rules: bool
    """是否符合本市一般申领规定 · entitled under the city's ordinary rules"""

    base_standard_cny: Amount
    """职业技能提升补贴基础标准 · base standard of the skill-upgrade subsidy"""

    payment_percent: int
    """补贴比例 · share of the standard that is paid"""

    route: Route
    """证书取得途径 · how the certificate was obtained"""

    assessor_filed: bool
    """评价机构和项目是否已备案 · assessor and project on file"""

    holder_status: Status
    """证书核发时的身份 · status on the issue date"""


class EmploymentRegistry(TypedDict, total=False):
    """登记（备案）记录 · registry record"""

    system: System
    """登记（备案）所在系统 · system of the registry record"""

    worker_registered: bool
    """从业人员是否已登记（备案） · worker registered"""

    employer_registered: bool
    """所在单位是否已登记（备案） · employer registered"""

    in_post: bool
    """登记的从业状态是否为在岗 · in post according to the registry"""


class Employment(TypedDict, total=False):
    """任职 · employment"""

    id: Required[str]
    """编号 · the id"""

    employer_in_shanghai: bool
    """用人单位是否在本市 · employer in Shanghai"""

    industry: Industry
    """用人单位所属行业 · employer's industry"""

    post: Industry
    """岗位 · post"""

    start: Day
    """任职起始日期 · first day of employment"""

    end: Day | None
    """任职最后一日 · last day of employment"""

    registry: EmploymentRegistry | None
    """登记（备案）记录 · registry record"""


class Application(TypedDict, total=False):
    """其他申请 · other application"""

    id: Required[str]
    """编号 · the id"""

    kind: ApplicationKind
    """申请的补贴 · subsidy applied for"""

    date: Day
    """提出日期 · filing date"""

    status: Status
    """提出时的身份 · status when filed"""

    outcome: ApplicationOutcome
    """审核结果 · outcome"""

    occupation_code: str
    """所涉职业编码 · occupation code"""

    level: int
    """所涉职业技能等级 · skill level"""

    domain: Domain
    """所涉专项职业能力领域 · special-ability domain"""


class Trainee(TypedDict, total=False):
    """学员 · trainee"""

    id: Required[str]
    """编号 · the id"""

    group: Group
    """人员类别 · group"""

    hukou: Hukou
    """户籍 · hukou"""

    passed: bool
    """考核是否通过 · assessment passed"""

    employed_on: Day | None
    """实现就业日期 · day of finding work"""

    employer_in_shanghai: bool
    """就业的用人单位是否在本市 · trainee's employer in Shanghai"""

    employment_ended: Day | None
    """就业终止日期 · last day of the trainee's employment"""


class Class(TypedDict, total=False):
    """培训班 · training class"""

    id: Required[str]
    """编号 · the id"""

    sector: Sector
    """培训所属行业 · sector of the training"""

    employer_in_shanghai: bool
    """委托培训的用人单位是否在本市 · commissioning employer in Shanghai"""

    agreement_parties: list[Party]
    """协议签订方 · parties who signed the agreement"""

    plan_approved: bool
    """培训考核方案是否审核通过 · training plan approved"""

    held_in: HeldIn
    """开班地 · place of the class"""

    starts: Day
    """开班日期 · first day of the class"""

    ends: Day
    """培训结束日期 · last day of the class"""

    trainees: list[Trainee]
    """学员 · trainee"""


class ParticipantRegistry(TypedDict, total=False):
    """登记（备案）记录 · registry record"""

    system: System
    """登记（备案）所在系统 · system of the registry record"""

    worker_registered: bool
    """从业人员是否已登记（备案） · participant registered as a worker"""

    employer_registered: bool
    """所在单位是否已登记（备案） · participant's employer registered"""


class Participant(TypedDict, total=False):
    """培训对象 · training participant"""

    id: Required[str]
    """编号 · the id"""

    employment_relation: bool
    """是否与开展培训的用人单位建立劳动关系 · employment relation with the organiser"""

    registry: ParticipantRegistry | None
    """登记（备案）记录 · registry record"""


class Training(TypedDict, total=False):
    """培训 · training"""

    id: Required[str]
    """编号 · the id"""

    kind: TrainingKind
    """培训类别 · kind of training"""

    organiser_industry: Industry
    """开展培训的用人单位所属行业 · organiser's industry"""

    organiser_listed: bool
    """开展培训的用人单位是否列入名单 · organiser on the list"""

    starts: Day
    """培训开始日期 · first day of the training"""

    participants: list[Participant]
    """培训对象 · training participant"""


class Apprentice(TypedDict, total=False):
    """学徒 · apprentice"""

    id: Required[str]
    """编号 · the id"""

    enterprise_in_shanghai: bool
    """签约企业是否在本市 · contracting enterprise in Shanghai"""

    contract_signed: Day | None
    """劳动合同签订日期 · day the labour contract was signed"""

    contract_months: int
    """劳动合同期限 · term of the labour contract"""

    social_insurance_in_shanghai: bool
    """是否缴纳本市社会保险费 · social insurance paid in Shanghai"""


class Apprenticeship(TypedDict, total=False):
    """学徒制项目 · apprenticeship project"""

    id: Required[str]
    """编号 · the id"""

    sector: Sector
    """学徒制项目所属行业 · sector of the apprenticeship project"""

    starts: Day
    """开班日期 · first day of the apprenticeship project"""

    enterprise_applied: bool
    """企业是否已申请 · applied for by the enterprise"""

    district_assessed: bool
    """是否经区人力资源社会保障部门评估通过 · passed the district's assessment"""

    previous_batch_completed: bool
    """首批培训是否已完成全周期 · first batch completed"""

    next_batch_starts: Day | None
    """下批培训开班日期 · first day of the next batch"""

    enterprise_requests_direct_payment: bool
    """企业是否提出直接拨付意见 · direct payment requested by the enterprise"""

    apprentices: list[Apprentice]
    """学徒 · apprentice"""


class Project(TypedDict, total=False):
    """开发项目 · development project"""

    id: Required[str]
    """编号 · the id"""

    sector: Sector
    """开发项目所属行业 · sector of the development project"""

    project_kind: ProjectKind
    """评价项目类别 · kind of assessment project"""

    work: Work
    """开发方式 · kind of work"""

    reviewed_on: Day | None
    """评审日期 · day of the review"""

    review_passed: bool
    """是否经评审符合资助条件 · review passed"""

    requested_cny: Amount
    """申请资助金额 · sum requested"""


class Engagement(TypedDict, total=False):
    """委托事项 · engagement"""

    id: Required[str]
    """编号 · the id"""

    sector: Sector
    """委托单位所属行业 · commissioning employer's sector"""

    starts: Day
    """委托事项开始日期 · first day of the engagement"""

    district_assessed: bool
    """机构培训条件是否经区人力资源社会保障部门评估 · institution assessed by the district"""

    institution_listed: bool
    """机构是否列入优质人力资源服务机构名单 · institution on the list"""

    commissioned: bool
    """是否受用人单位委托 · commissioned by the employer"""

    activity: Activity
    """委托内容 · commissioned activity"""

    matches_core_business: bool
    """是否根据委托单位主营业务需求开展 · matches the employer's core business"""


class Case(TypedDict, total=False):
    """案件 · case"""

    id: Required[str]
    """编号 · the id"""

    applied_on: Required[Day]
    """申请日期 · application day"""

    person: Person
    """申请人 · applicant"""

    certificates: list[Certificate]
    """证书 · certificate"""

    employments: list[Employment]
    """任职 · employment"""

    applications: list[Application]
    """其他申请 · other application"""

    training_classes: list[Class]
    """培训班 · training class"""

    trainings: list[Training]
    """培训 · training"""

    apprenticeships: list[Apprenticeship]
    """学徒制项目 · apprenticeship project"""

    development_projects: list[Project]
    """开发项目 · development project"""

    engagements: list[Engagement]
    """委托事项 · engagement"""


Benefit = Literal[
    "skill_uplift",
    "special_ability",
    "care_route",
    "directed_training_first",
    "directed_training_second",
    "training_scope",
    "development_grant",
    "apprentice_scope",
    "apprentice_next_batch",
    "apprentice_direct_payment",
    "institution_commission",
]
Condition = Literal[
    "certificate_kind",
    "catalogue_listed",
    "in_force",
    "base_entitlement",
    "annual_limit",
    "person_group",
    "city_rules",
    "employed_in_time",
    "registered",
    "still_in_post",
    "employer_local",
    "sector",
    "agreement",
    "plan_approved",
    "counted_trainees",
    "still_employed",
    "organiser_industry",
    "organiser_listed",
    "training_kind",
    "practitioner",
    "project_kind",
    "review_passed",
    "contract_local",
    "contract_in_time",
    "contract_term",
    "social_insurance",
    "enterprise_applied",
    "district_assessed",
    "enterprise_request",
    "institution_listed",
    "commissioned",
    "activity",
]


class Readings(TypedDict, total=False):
    """选定的理解 · the readings that are chosen"""

    validity_anchor: Literal["event", "application", "both"]
    """判断一项事项是否适用本通知，应以哪一日期落在有效期内为准？ · Which date must lie in the validity window for the notice to apply?"""

    limit_year: Literal["calendar", "rolling"]
    """“每年”是指公历年度，还是自前次申请之日起的12个月？ · Does 'a year' mean the calendar year, or twelve months from the earlier application?"""

    limit_pool: Literal["joint", "separate"]
    """职业技能提升补贴和培训补贴是合计每年1次，还是各为每年1次？ · Is it one application a year for both kinds of subsidy together, or one for each?"""

    limit_counts: Literal["filed", "granted"]
    """未获批准或者尚在审核的申请，是否占用当年次数？ · Does a refused or pending application use up the year?"""

    limit_covers_special: Literal["covered", "not_covered"]
    """（二）规定的专项职业能力证书补贴是否受（十）每年1次的限制？ · Does the annual limit of clause （十） reach the special-ability subsidy of clause （二）?"""

    care_role: Literal["extends", "restricts"]
    """（三）是在一般规定之外增加申领途径，还是对养老护理、家政服务证书的申领加以限制？ · Does clause （三） open a further way to the subsidy, or does it restrict claims on care certificates?"""

    care_post: Literal["either", "same"]
    """就业的行业和岗位是否必须与证书的职业一致？ · Must the industry and the post of the employment match the occupation of the certificate?"""

    sector_lists: Literal["illustrative", "exhaustive"]
    """（四）（六）（七）（九）所列行业之后的“等”，是列举未尽，还是列举已尽？ · Are the lists of industries in clauses （四）, （六）, （七） and （九）, each followed by '等', open or closed?"""

    person_lists: Literal["city_rules", "illustrative", "exhaustive"]
    """（二）（四）所列人员之后的“等”，是列举未尽，还是列举已尽？（二）的其他人员是否以本市有关规定所列人群为限？ · Are the lists of persons in clauses （二） and （四）, each followed by '等', open or closed, and does （二） reach only the other groups that the city's rules name?"""

    class_rate_base: Literal["enrolled", "passed"]
    """计算就业率时，以哪些学员的人数为基数？ · Of whom is the employment rate taken?"""

    class_headcount: Literal["enrolled", "passed"]
    """按全班学员人数享受补贴时，哪些学员计入全班学员人数？ · When the subsidy is granted for the whole class, which trainees make up its number?"""

    class_counted: Literal["passed", "employed"]
    """考核未通过但按期实现就业的学员，是否计入就业人数？ · Does a trainee who failed but found work in time count as employed?"""

    contract_window: Literal["after_start", "by_deadline"]
    """开班之前已经签订的劳动合同是否符合要求？ · May the labour contract be older than the class?"""

    status_date: Literal["application", "issue", "by_group"]
    """（二）所列人员身份，应以申请补贴之日还是证书核发之日为准，或者因人员类别而不同？ · On which day must the person have the status clause （二） asks for: that of the application, that of the issue, or one that depends on the group?"""

    city_rules_reach: Literal["bind", "procedure"]
    """本市职业技能提升补贴的有关规定所设条件，是否也是（二）补贴的享受条件？ · Do the conditions of the city's own rules on the skill-upgrade subsidy bind the subsidy of clause （二）?"""
