-- A small synthetic database in the shape of the OMOP CDM 5.4: the columns that are read, and six persons who never
-- lived. Concept ids are invented here (from 2000000000, where sites put their own), since nothing reads them but the
-- joins: codes are found by vocabulary and concept_code. Runs in DuckDB and PostgreSQL.
CREATE TABLE concept (concept_id INTEGER, concept_name VARCHAR(255), vocabulary_id VARCHAR(20), concept_class_id VARCHAR(20), concept_code VARCHAR(50));
CREATE TABLE concept_ancestor (ancestor_concept_id INTEGER, descendant_concept_id INTEGER);
CREATE TABLE person (person_id INTEGER, gender_concept_id INTEGER, year_of_birth INTEGER, month_of_birth INTEGER, day_of_birth INTEGER);
CREATE TABLE condition_occurrence (condition_occurrence_id INTEGER, person_id INTEGER, condition_concept_id INTEGER, condition_start_date DATE, condition_status_concept_id INTEGER, condition_source_value VARCHAR(50), condition_source_concept_id INTEGER);
CREATE TABLE measurement (measurement_id INTEGER, person_id INTEGER, measurement_concept_id INTEGER, measurement_date DATE, measurement_datetime TIMESTAMP, operator_concept_id INTEGER, value_as_number NUMERIC(12, 4), value_as_concept_id INTEGER, unit_concept_id INTEGER, range_low NUMERIC(12, 4), range_high NUMERIC(12, 4), measurement_source_value VARCHAR(50), unit_source_value VARCHAR(50), value_source_value VARCHAR(50));
CREATE TABLE drug_exposure (drug_exposure_id INTEGER, person_id INTEGER, drug_concept_id INTEGER, drug_exposure_start_date DATE, drug_type_concept_id INTEGER, drug_source_value VARCHAR(50));
CREATE TABLE procedure_occurrence (procedure_occurrence_id INTEGER, person_id INTEGER, procedure_concept_id INTEGER, procedure_date DATE, procedure_source_value VARCHAR(50));
CREATE TABLE specimen (specimen_id INTEGER, person_id INTEGER, specimen_concept_id INTEGER, specimen_date DATE);
INSERT INTO concept VALUES
  (0, 'No matching concept', 'None', 'Undefined', 'No matching concept'),
  (2000000001, 'FEMALE', 'Gender', 'Gender', 'F'),
  (2000000002, 'MALE', 'Gender', 'Gender', 'M'),
  (2000000010, 'Acute lymphoid leukemia', 'SNOMED', 'Disorder', '91857003'),
  (2000000011, 'Acute lymphoblastic leukemia not having achieved remission', 'ICD10CM', '5-char billing code', 'C91.00'),
  (2000000012, 'Acute lymphoblastic leukemia, in relapse', 'ICD10CM', '5-char billing code', 'C91.02'),
  (2000000013, 'Preliminary diagnosis', 'Condition Status', 'Condition Status', 'synthetic-1'),
  (2000000020, 'Blasts/100 leukocytes in Bone marrow', 'LOINC', 'Lab Test', '11150-0'),
  (2000000021, 'Leukocytes [#/volume] in Blood', 'LOINC', 'Lab Test', '6690-2'),
  (2000000022, 'Hemoglobin [Mass/volume] in Blood', 'LOINC', 'Lab Test', '718-7'),
  (2000000023, 'Platelets [#/volume] in Blood', 'LOINC', 'Lab Test', '777-3'),
  (2000000030, 'percent', 'UCUM', 'Unit', '%'),
  (2000000031, 'billion per liter', 'UCUM', 'Unit', '10*9/L'),
  (2000000032, 'gram per deciliter', 'UCUM', 'Unit', 'g/dL'),
  (2000000040, '<', 'SNOMED', 'Qualifier Value', 'synthetic-2'),
  (2000000050, 'vincristine', 'RxNorm', 'Ingredient', '11202'),
  (2000000051, 'vincristine 1 MG/ML Injectable Solution', 'RxNorm', 'Clinical Drug', 'synthetic-3'),
  (2000000060, 'EHR administration record', 'Type Concept', 'Type Concept', 'synthetic-4'),
  (2000000061, 'EHR prescription', 'Type Concept', 'Type Concept', 'synthetic-5'),
  (2000000070, 'Bone marrow aspirate', 'SNOMED', 'Specimen', 'synthetic-6'),
  (32528, 'Disease First Occurrence', 'Episode', 'Disease Episode', 'synthetic-7'),
  (32529, 'Disease Recurrence', 'Episode', 'Disease Episode', 'synthetic-8'),
  (32530, 'Disease Remission', 'Episode', 'Disease Episode', 'synthetic-9');
INSERT INTO concept_ancestor VALUES (2000000050, 2000000051), (2000000050, 2000000050);
INSERT INTO person VALUES
  (1, 2000000001, 1980, 5, 1), (2, 2000000002, 1975, NULL, NULL), (3, 2000000001, 1990, 1, 31),
  (4, 2000000002, 1966, 7, 7), (5, 2000000001, 1985, 3, 3), (6, 0, 1970, NULL, NULL);
-- 1: treated, remission now. 2: treated, 60 % after a treatment. 3: vincristine prescribed only. 4: diagnosis preliminary.
-- 5: no ALL. 6: relapse recorded, later below 5 %.
INSERT INTO condition_occurrence VALUES
  (1, 1, 2000000010, '2025-01-02', 0, 'C91.00', 2000000011),
  (2, 2, 2000000010, '2025-01-02', 0, 'C91.00', 2000000011),
  (3, 3, 2000000010, '2025-03-01', 0, 'ALL', 0),
  (4, 4, 2000000010, '2025-03-01', 2000000013, 'ALL?', 0),
  (6, 6, 2000000010, '2025-02-01', 0, 'C91.02', 2000000012);
INSERT INTO drug_exposure VALUES
  (1, 1, 2000000051, '2025-01-10', 2000000060, 'vcr'),
  (2, 2, 2000000051, '2025-01-10', 2000000060, 'vcr'),
  (3, 3, 2000000051, '2025-03-02', 2000000061, 'vcr'),
  (6, 6, 2000000050, '2024-06-01', 2000000060, 'vcr');
INSERT INTO measurement VALUES
  (10, 1, 2000000020, '2025-03-10', '2025-03-10 08:00:00', 0, 2, 0, 2000000030, NULL, NULL, 'BMBLAST', '%', '2'),
  (11, 1, 2000000021, '2025-03-10', '2025-03-10 08:05:00', 0, 6.2, 0, 2000000031, 4, 11, 'WBC', 'G/l', '6.2'),
  (12, 1, 2000000022, '2025-03-10', NULL, 0, 13.1, 0, 2000000032, 12, 16, 'HGB', 'g/dl', '13.1'),
  (13, 1, 2000000023, '2025-03-10', NULL, 0, 210, 0, 2000000031, 150, 400, 'PLT', 'G/l', '210'),
  (20, 2, 2000000020, '2025-03-10', '2025-03-10 00:00:00', 0, 60, 0, 2000000030, NULL, NULL, 'BMBLAST', '%', '60'),
  (21, 2, 2000000021, '2025-03-10', NULL, 0, 1.1, 0, 2000000031, 4, 11, 'WBC', 'G/l', '1.1'),
  (30, 3, 2000000020, '2025-03-03', NULL, 0, 64, 0, 0, NULL, NULL, 'BMBLAST', '%', '64'),
  (60, 6, 2000000020, '2025-02-01', NULL, 0, 30, 0, 2000000030, NULL, NULL, 'BMBLAST', '%', '30'),
  (61, 6, 2000000020, '2025-04-01', NULL, 2000000040, 5, 0, 2000000030, NULL, NULL, 'BMBLAST', '%', '<5'),
  (62, 6, 0, '2025-04-01', NULL, 0, 7, 0, 0, NULL, NULL, 'LOCAL-7', NULL, '7'),
  (63, 5, 2000000021, '2025-04-01', NULL, 0, 7, 0, 2000000031, 4, 11, 'WBC', 'G/l', '7');
INSERT INTO procedure_occurrence VALUES (1, 1, 0, '2025-03-10', 'BM-ASP');
INSERT INTO specimen VALUES (1, 1, 2000000070, '2025-03-10');
