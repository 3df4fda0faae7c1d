-- An OMOP CDM 5.4 as allstatus' table of results, one statement a row. Runs in DuckDB and PostgreSQL as it stands.
--
-- Codes are found through CONCEPT, by vocabulary and concept_code; no concept id stands here. A diagnosis has the code
-- of its source where that is one of ICD, which says more (C91.01, in remission) than the concept it is mapped to; a drug
-- has its ingredients. What is mapped to nothing keeps its source value, and is counted as not understood.
-- A source value with a sign that the number lacks (<5, 5-10, ~5, 5*) is given as it stands. Each is a comment, too, which
-- is read only for whether it takes its result back ("2, specimen clotted").
-- MEASUREMENT_DATETIME is used where it is of MEASUREMENT_DATE; a day apart may be its time zone, and more than that leaves
-- the day open.
-- CONDITION_END_DATE is not read: it is often the end of a visit, so that a condition is over where its status says so.
-- SPECIMEN is not read: MEASUREMENT has no column for its specimen, so that a row there gives no result its place.
WITH system_of AS (
  SELECT concept_id, concept_code, concept_name, concept_class_id, vocabulary_id,
    CASE vocabulary_id WHEN 'SNOMED' THEN 'SCT' WHEN 'CPT4' THEN 'CPT' ELSE vocabulary_id END AS system
  FROM concept WHERE concept_id <> 0
),
people AS (
  SELECT p.person_id,
    CASE g.concept_code WHEN 'F' THEN 'female' WHEN 'M' THEN 'male' ELSE '' END AS sex,
    CAST(p.year_of_birth AS VARCHAR(4))
      || COALESCE('-' || LPAD(CAST(p.month_of_birth AS VARCHAR(2)), 2, '0')
      || COALESCE('-' || LPAD(CAST(p.day_of_birth AS VARCHAR(2)), 2, '0'), ''), '') AS born
  FROM person p LEFT JOIN system_of g ON g.concept_id = p.gender_concept_id AND g.vocabulary_id = 'Gender'
),
said AS (
  SELECT d.person_id, CAST(d.condition_start_date AS VARCHAR(30)) AS date,
    CASE WHEN s.concept_id IS NOT NULL THEN s.system WHEN c.concept_id IS NOT NULL THEN c.system ELSE 'source' END AS system,
    COALESCE(s.concept_code, c.concept_code, d.condition_source_value) AS code,
    COALESCE(s.concept_name, c.concept_name, '') AS display,
    '' AS comparator, '' AS value, '' AS unit, '' AS low, '' AS high,
    CASE WHEN t.concept_name ILIKE '%preliminary%' OR t.concept_name ILIKE '%suspected%'
        OR t.concept_name ILIKE '%differential%' OR t.concept_name ILIKE '%to be diagnosed%' THEN 'preliminary'
      WHEN t.concept_name ILIKE '%resolved%' THEN 'resolved' ELSE '' END AS status, '' AS comment
  FROM condition_occurrence d
  LEFT JOIN system_of c ON c.concept_id = d.condition_concept_id
  LEFT JOIN system_of s ON s.concept_id = d.condition_source_concept_id AND s.vocabulary_id LIKE 'ICD%'
  LEFT JOIN system_of t ON t.concept_id = d.condition_status_concept_id
  UNION ALL
  SELECT m.person_id,
    CASE
      WHEN CAST(m.measurement_datetime AS DATE) - m.measurement_date NOT BETWEEN -1 AND 1
        THEN CAST(m.measurement_date AS VARCHAR(30)) || ' or ' || CAST(m.measurement_datetime AS VARCHAR(30))
      WHEN CAST(m.measurement_datetime AS DATE) = m.measurement_date
          AND CAST(m.measurement_datetime AS TIME) <> CAST('00:00:00' AS TIME)
        THEN CAST(m.measurement_datetime AS VARCHAR(30))
      ELSE CAST(m.measurement_date AS VARCHAR(30)) END,
    COALESCE(c.system, 'source'), COALESCE(c.concept_code, m.measurement_source_value), COALESCE(c.concept_name, ''),
    CASE WHEN m.value_as_number IS NULL OR o.concept_id IS NULL THEN '' ELSE o.concept_name END,
    CASE
      WHEN m.value_as_number IS NULL THEN COALESCE(v.concept_name, m.value_source_value, '')
      WHEN o.concept_id IS NULL AND TRANSLATE(m.value_source_value, '<>≤≥~*+±-', '') <> m.value_source_value
        THEN m.value_source_value
      ELSE CAST(m.value_as_number AS VARCHAR(40)) END,
    COALESCE(u.concept_code, m.unit_source_value, ''),
    COALESCE(CAST(m.range_low AS VARCHAR(40)), ''), COALESCE(CAST(m.range_high AS VARCHAR(40)), ''), '',
    COALESCE(m.value_source_value, '')
  FROM measurement m
  LEFT JOIN system_of c ON c.concept_id = m.measurement_concept_id
  LEFT JOIN system_of o ON o.concept_id = m.operator_concept_id
  LEFT JOIN system_of v ON v.concept_id = m.value_as_concept_id
  LEFT JOIN system_of u ON u.concept_id = m.unit_concept_id AND u.vocabulary_id = 'UCUM'
  UNION ALL
  SELECT e.person_id, CAST(e.drug_exposure_start_date AS VARCHAR(30)),
    COALESCE(i.system, c.system, 'source'), COALESCE(i.concept_code, c.concept_code, e.drug_source_value),
    COALESCE(i.concept_name, c.concept_name, ''), '', '', '', '', '',
    CASE WHEN LOWER(t.concept_name) LIKE '%administration%' THEN '' ELSE 'unknown' END, ''
  FROM drug_exposure e
  LEFT JOIN system_of c ON c.concept_id = e.drug_concept_id
  LEFT JOIN (
    SELECT a.descendant_concept_id, s.* FROM concept_ancestor a
    JOIN system_of s ON s.concept_id = a.ancestor_concept_id AND s.concept_class_id = 'Ingredient'
  ) i ON i.descendant_concept_id = e.drug_concept_id
  LEFT JOIN system_of t ON t.concept_id = e.drug_type_concept_id
  UNION ALL
  SELECT p.person_id, CAST(p.procedure_date AS VARCHAR(30)), COALESCE(c.system, 'source'),
    COALESCE(c.concept_code, p.procedure_source_value), COALESCE(c.concept_name, ''), '', '', '', '', '', '', ''
  FROM procedure_occurrence p LEFT JOIN system_of c ON c.concept_id = p.procedure_concept_id
)
SELECT CAST(said.person_id AS VARCHAR(20)) AS patient, date, system, code, display, comparator, value, unit, low, high,
  status, comment, sex, born
FROM said LEFT JOIN people ON people.person_id = said.person_id
ORDER BY said.person_id, date, system, code, value
