-- Every outcome each record still allows: the cases (one row for each complete case that can be) that contradict
-- nothing known of it. NULL means not known, and no comparison with NULL is ever taken for false.
WITH
verdicts AS (
    SELECT
        record.line,
        prior_treatment = 'disease_directed' AS treated,
        prior_remission = 'true' AS remission_before,
        relapse_since_remission = 'true' AS relapse_since_remission,
        cbc = 'normal' AS cbc_normal,
        CASE
            WHEN blasts_low > blast_limit OR (blasts_low = blast_limit AND low_open) THEN 1
            WHEN blasts_high <= blast_limit THEN 0
        END AS marrow_blasts_above_threshold,
        signs_and_symptoms = 'present' AS signs_or_symptoms,
        leukemia_outside_marrow = 'present' AS leukemia_outside_marrow,
        relapse_unreported,
        outside_unreported
    FROM record, limits
),
stated AS (
    SELECT verdicts.line, relapse_unreported, outside_unreported, cases.*
    FROM verdicts JOIN cases ON
        COALESCE(verdicts.treated = cases.treated, TRUE)
        AND COALESCE(verdicts.remission_before = cases.remission_before, TRUE)
        AND COALESCE(verdicts.relapse_since_remission = cases.relapse_since_remission, TRUE)
        AND COALESCE(verdicts.cbc_normal = cases.cbc_normal, TRUE)
        AND COALESCE(verdicts.marrow_blasts_above_threshold = cases.marrow_blasts_above_threshold, TRUE)
        AND COALESCE(verdicts.signs_or_symptoms = cases.signs_or_symptoms, TRUE)
        AND COALESCE(verdicts.leukemia_outside_marrow = cases.leukemia_outside_marrow, TRUE)
),
-- A relapse that is not reported is taken as none, where that contradicts nothing.
about_relapse AS (
    SELECT line FROM stated WHERE relapse_unreported GROUP BY line HAVING MIN(relapse_since_remission) = 0
),
after_relapse AS (
    SELECT * FROM stated WHERE relapse_since_remission = 0 OR line NOT IN (SELECT line FROM about_relapse)
),
-- Leukemia outside the marrow that is not reported is taken as absent, where no case left has signs or symptoms
-- or a relapse since the last remission.
about_outside AS (
    SELECT line FROM after_relapse WHERE outside_unreported
    GROUP BY line HAVING MAX(signs_or_symptoms) = 0 AND MAX(relapse_since_remission) = 0 AND MIN(leukemia_outside_marrow) = 0
),
after_outside AS (
    SELECT * FROM after_relapse WHERE leukemia_outside_marrow = 0 OR line NOT IN (SELECT line FROM about_outside)
)
SELECT record.line, GROUP_CONCAT(DISTINCT after_outside.outcome)
FROM record LEFT JOIN after_outside ON record.line = after_outside.line
GROUP BY record.line ORDER BY record.line;
