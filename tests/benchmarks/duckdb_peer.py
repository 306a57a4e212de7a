"""DuckDB from Parquet to Parquet: the benefits of （一）, （二） and （三） with the limit of （十）, default readings, by hand in SQL.

Written as its users write a query: a row a certificate, a column for each term of the notice, a row a decision in the end. It trusts the
file: nothing is checked, and no fact can be unknown. Rows may come in any order.
"""

from __future__ import annotations

from pathlib import Path

import duckdb

QUERY = """
CREATE MACRO any_of(found) AS coalesce(list_bool_or(found), false);
CREATE MACRO care_job(j, today) AS
  j.employer_in_shanghai AND j.start <= today
  AND j.industry IN ('elderly_care', 'domestic_service') AND j.post IN ('elderly_care', 'domestic_service');
CREATE MACRO timely(j, issued) AS
  CASE WHEN j.start <= issued THEN coalesce(j."end" >= issued, true) ELSE j.start <= issued + INTERVAL 12 MONTH END;
CREATE MACRO recorded(j) AS
  j.registry.system = j.industry AND j.registry.worker_registered AND j.registry.employer_registered;
CREATE MACRO uses_year(a, today) AS
  a.status = 'employed' AND a.date BETWEEN DATE '2025-01-01' AND today AND year(a.date) = year(today);

COPY (
  WITH cases AS (
    SELECT id, applied_on AS today, person, employments, applications, unnest(certificates) AS certificate FROM read_parquet('{source}')
  ),
  terms AS MATERIALIZED (
    SELECT
      id,
      certificate.id AS subject,
      certificate.base_standard_cny AS base,
      certificate.meets_city_rules AS city_rules,
      certificate.kind = 'skill_level' AS skill,
      certificate.kind = 'special_ability' AND certificate.domain IN ('ai_data_annotation', 'ai_model_application') AS special,
      certificate.occupation_code IN (
        '4-08-05-04', '6-12-01-00', '6-12-03-00', '6-12-05-01', '6-12-05-03', '6-25-01-12', '6-25-01-13', '6-25-02-05', '6-25-02-06',
        '4-04-05-05', '6-31-07-01', '6-31-07-03', '4-04-05-01', '4-04-05-02', '6-18-01-07', '4-10-01-05', '4-10-01-06') AS listed,
      certificate.kind = 'skill_level' AND certificate.occupation_code IN ('4-10-01-05', '4-10-01-06') AS care,
      certificate.issued BETWEEN DATE '2024-11-14' AND least(today, DATE '2025-11-13') AS in_force,
      CASE person.status
        WHEN 'employed' THEN NOT person.civil_servant AND person.public_institution_post <> 'non_skilled'
        WHEN 'graduating_student' THEN person.school_in_shanghai
        ELSE true END AS person_group,
      NOT (person.status = 'employed' AND today >= DATE '2025-01-01'
        AND any_of(list_transform(applications, lambda a: uses_year(a, today)))) AS in_limit,
      any_of(list_transform(employments, lambda j: care_job(j, today) AND timely(j, certificate.issued))) AS in_time,
      any_of(list_transform(employments, lambda j: care_job(j, today) AND timely(j, certificate.issued) AND recorded(j))) AS registered,
      any_of(list_transform(employments, lambda j:
        care_job(j, today) AND recorded(j) AND j.registry.in_post AND coalesce(j."end" >= today, true))) AS in_post
    FROM cases
  ),
  decisions AS (
    SELECT id, subject, 'skill_uplift' AS benefit, '（一）' AS clause,
      city_rules OR (care AND in_force AND in_time AND registered AND in_post) AS entitled,
      skill AND listed AND in_force AND entitled AND in_limit AS granted,
      CASE WHEN granted THEN round(base * 1.30, 2) END AS amount,
      1.30 AS rate,
      ['certificate_kind', 'catalogue_listed', 'in_force', 'base_entitlement', 'annual_limit'] AS names,
      [skill, listed, in_force, entitled, in_limit] AS met
    FROM terms
    UNION ALL BY NAME
    SELECT id, subject, 'special_ability' AS benefit, '（二）' AS clause,
      special AND in_force AND person_group AND in_limit AS granted,
      CASE WHEN granted THEN 1000 END AS amount,
      ['certificate_kind', 'in_force', 'person_group', 'annual_limit'] AS names,
      [special, in_force, person_group, in_limit] AS met
    FROM terms
    UNION ALL BY NAME
    SELECT id, subject, 'care_route' AS benefit, '（三）' AS clause,
      care AND in_force AND in_time AND registered AND in_post AND in_limit AS granted,
      ['certificate_kind', 'in_force', 'employed_in_time', 'registered', 'still_in_post', 'annual_limit'] AS names,
      [care, in_force, in_time, registered, in_post, in_limit] AS met
    FROM terms
  )
  SELECT id AS "case", benefit, subject, clause, if(granted, 'eligible', 'not_eligible') AS outcome,
    amount::DECIMAL(12, 2) AS amount, rate::DECIMAL(5, 2) AS rate,
    list_where(names, met) AS met, list_where(names, list_transform(met, lambda m: NOT m)) AS unmet,
    []::VARCHAR[] AS unknown, []::VARCHAR[] AS gap
  FROM decisions
) TO '{target}' (FORMAT parquet);
"""


def decide(source: Path, target: Path, threads: int) -> None:
    """A row a decision, out of a row a case."""
    with duckdb.connect(config={"threads": threads, "preserve_insertion_order": False}) as connection:
        connection.execute(QUERY.format(source=source, target=target))
