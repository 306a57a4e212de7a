"""An invented policy whose rules use every function: the exercise `carers` with more conditions."""

from __future__ import annotations

from pathlib import Path

from support.exercise import carers

PARAMETERS = {
    "notice_days": ("days", 10),
    "waiting_weeks": ("weeks", 2),
    "training_months": ("months", 3),
    "grace_years": ("years", 1),
    "least_days": ("days", 45),
    "least_months": ("months", 2),
    "least_years": ("years", 1),
    "least_age": ("years", 3),
}

CONDITIONS = {
    "not_too_soon": "a notice is kept",
    "waited": "the waiting time is over",
    "started_before": "the work began in time before the certificate",
    "within_years": "the years of grace last",
    "month_over": "the month of the certificate is over",
    "same_year": "the work ends in no year before the certificate",
    "long_enough": "enough days, months and years have passed since the work began",
    "of_age": "old enough since the work began",
    "not_too_late": "no more than a year has passed since the later of the certificate and the work",
}

RULES = r"""met(C, carer_grant, Cert, not_too_soon) :-
    certificate_issued(C, Cert, Day), days(notice_days, Days), add_days(Day, Days, Until), applied_on(C, Today), Until < Today.
met(C, carer_grant, Cert, waited) :-
    certificate_issued(C, Cert, Day), weeks(waiting_weeks, Weeks), add_weeks(Day, Weeks, Until), applied_on(C, Today), Until <= Today.
met(C, carer_grant, Cert, started_before) :-
    certificate_issued(C, Cert, Day), months(training_months, Months), Back = -Months, add_months(Day, Back, From),
    employment_start(C, Job, Start), Start <= From.
met(C, carer_grant, Cert, within_years) :-
    certificate_issued(C, Cert, Day), years(grace_years, Years), add_years(Day, Years, Until), applied_on(C, Today), Today <= Until.
met(C, carer_grant, Cert, month_over) :-
    certificate_issued(C, Cert, Day), calendar_month(Day, _, Last), applied_on(C, Today), Last < Today.
met(C, carer_grant, Cert, same_year) :-
    certificate_issued(C, Cert, Day), calendar_year(Day, January, _), employment_end(C, Job, Ends), January <= Ends.
met(C, carer_grant, Cert, long_enough) :-
    certificate(C, Cert), lasted(C, Job), whole_months(C, Job, Months), months(least_months, Least), Least <= Months.
met(C, carer_grant, Cert, of_age) :-
    certificate(C, Cert), employment_start(C, Job, Start), applied_on(C, Today), age(Start, Today, march_1, Years),
    years(least_age, Least), Least <= Years.
met(C, carer_grant, Cert, not_too_late) :-
    certificate_issued(C, Cert, Day), employment_start(C, Job, Start), greatest(Day, Start, Later), years(grace_years, Years),
    add_years(Later, Years, Until), day(validity_to, To), least(Until, To, Last), applied_on(C, Today), Today <= Last.

lasted(C, Job) :-
    employment_start(C, Job, Start), applied_on(C, Today), days_between(Start, Today, Days), days(least_days, Least), Least < Days.
lasted(C, Job) :-
    employment_start(C, Job, Start), employment_end(C, Job, Ends), years_between(Start, Ends, Years), years(least_years, Least),
    Least <= Years.
whole_months(C, Job, Months) :- employment_start(C, Job, Start), applied_on(C, Today), months_between(Start, Today, Months).
"""

WORDS = """
[predicate.lasted]
args = ["case:case", "employment:employment"]
zh = "工作{employment}持续足够日数"
en = "employment {employment} has lasted long enough"
fails = { zh = "工作{employment}持续日数不足", en = "employment {employment} has not lasted long enough" }
none = { zh = "没有持续足够日数的工作", en = "no employment has lasted long enough" }

[predicate.whole_months]
args = ["case:case", "employment:employment", "months:months"]
zh = "工作{employment}已满{months}个月"
en = "employment {employment} has lasted {months} whole months"
fails = { zh = "工作{employment}未满{months}个月", en = "employment {employment} has not lasted {months} whole months" }
none = { zh = "没有工作", en = "there is no employment" }
"""

PAID = (
    "payable(C, carer_grant, Cert, Paid / 100, Paid \\ 100, 100) :- certificate(C, Cert), money(grant, Sum),"
    " certificate_issued(C, Cert, Day), applied_on(C, Today), months_between(Day, Today, Months), lasted(C, _),"
    " months(least_months, Least), greatest(Months, Least, Counted), years(least_age, Thirds),"
    " rounded(half_even, Sum * Counted, Thirds, Part), rounded(up, Part, 100, Yuan),"
    " money(development_cap, Most), least(Yuan * 100, Most, Paid)."
)


def reckoning(root: Path, *conditions: str) -> Path:
    """The policy under a root, with all of the conditions or some; its id is that of the exercise."""
    chosen = [name for name in CONDITIONS if not conditions or name in conditions]
    met, _, derived = RULES.partition("\n\n")
    rules = [f"met({rule}" for rule in met.split("met(") if any(rule.startswith(f"C, carer_grant, Cert, {name})") for name in chosen)]
    rules += [derived] if "long_enough" in chosen else []
    read = {name for name in PARAMETERS if any(f"({name}," in rule for rule in rules)}
    parameters = "".join(
        f'\n[{name}]\nunit = "{unit}"\nvalue = {value}\nfrom = 2025-01-01\nsentence = "c1.s1"\nquote = "自证书核发之日起6个月内提出申请"\n'
        f'zh = "{name}"\nen = "{name.replace("_", " ")}"\n'
        for name, (unit, value) in PARAMETERS.items()
        if name in read
    )
    wanted = "".join(f"requires(carer_grant, {place}, {name}).\n" for place, name in enumerate(chosen, 5))
    words = "".join(f'{name} = {{ zh = "{text}", en = "{text}" }}\n' for name, text in CONDITIONS.items() if name in chosen)
    last = 'applied_in_time = { zh = "在规定期限内提出申请", en = "applied for in time" }\n'
    grant = "payable(C, carer_grant, Cert, Sum / 100, Sum \\ 100, 100) :- certificate(C, Cert), money(grant, Sum)."
    changes = {"vocabulary.toml": (last, last + words)}
    more = {"c01_grant.lp": "\n".join([wanted, *rules]), "parameters.toml": parameters}
    if "long_enough" in chosen:
        changes["c01_grant.lp"] = (grant, PAID)
        more["vocabulary.toml"] = WORDS
    carers(root, changes, more)
    return root
