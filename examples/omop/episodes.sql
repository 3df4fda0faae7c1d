-- Back into the CDM: what was decided (a table `decisions`, as `allstatus batch` writes it) as rows for EPISODE.
-- The concept ids are those of OHDSI's oncology extension as its documentation of 2020 gives them; `verified: no`, since
-- later pages name other states of a disease. A row is only made where the id is an Episode concept of your vocabulary.
-- What was not determined makes no episode.
SELECT ROW_NUMBER() OVER (ORDER BY d.id) AS episode_id, CAST(d.id AS INTEGER) AS person_id,
  c.concept_id AS episode_concept_id, CAST(d.as_of AS DATE) AS episode_start_date,
  'allstatus ' || d.ruleset AS episode_source_value
FROM decisions d
JOIN (SELECT 'untreated' AS status, 32528 AS concept_id UNION ALL SELECT 'recurrent', 32529
      UNION ALL SELECT 'in_remission', 32530) e ON e.status = d.status
JOIN concept c ON c.concept_id = e.concept_id AND c.vocabulary_id = 'Episode'
WHERE d.outcome = 'determined'
ORDER BY d.id
