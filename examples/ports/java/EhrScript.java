import java.io.BufferedReader;
import java.io.InputStreamReader;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * The kind of script an EHR team writes in an afternoon: correct on complete records, and wrong where data are missing.
 * What is null counts as false, a missing number as 0, and numbers are doubles. It is here to be caught.
 * Usage: java EhrScript.java < records.ndjson > answers.ndjson
 */
public class EhrScript {
    static final double LIMIT = 5;

    public static void main(String[] arguments) throws Exception {
        BufferedReader in = new BufferedReader(new InputStreamReader(System.in, "UTF-8"));
        for (String line = in.readLine(); line != null; line = in.readLine()) {
            System.out.println(answer(line));
        }
    }

    static String answer(String record) {
        boolean treated = "disease_directed".equals(get(record, "prior_treatment"));
        boolean remission = "true".equals(get(record, "prior_remission"));
        boolean relapse = "true".equals(get(record, "relapse_since_remission"));
        boolean normal = "normal".equals(get(record, "cbc"));
        boolean symptoms = "present".equals(get(record, "signs_and_symptoms"));
        boolean outside = "present".equals(get(record, "leukemia_outside_marrow"));
        boolean blasts;
        try {
            blasts = number(get(record, "marrow_blast_percent")) > LIMIT;
        } catch (NumberFormatException error) {
            return "{\"outcome\": \"invalid_record\"}";
        }
        if (remission && !treated || relapse && !remission) {
            return "{\"outcome\": \"conflicting_data\", \"status\": null, \"possible\": []}";
        }
        if (treated && normal && !blasts && !symptoms && !outside) {
            return determined("in_remission");
        }
        if (remission && (blasts || outside || relapse)) {
            return determined("recurrent");
        }
        if (!treated && !normal && blasts && symptoms) {
            return determined("untreated");
        }
        return "{\"outcome\": \"outside_definitions\", \"status\": null, \"possible\": [\"outside_definitions\"]}";
    }

    static double number(String text) {
        return text == null || text.equals("unknown") ? 0 : Double.parseDouble(text);
    }

    static String determined(String status) {
        return "{\"outcome\": \"determined\", \"status\": \"" + status + "\", \"possible\": [\"" + status + "\"]}";
    }

    /** The value of a key in a flat record, or null. */
    static String get(String record, String key) {
        Matcher found = Pattern.compile("\"" + key + "\":\\s*(?:\"([^\"]*)\"|([^,}]+))").matcher(record);
        if (!found.find()) {
            return null;
        }
        String value = found.group(1) != null ? found.group(1) : found.group(2).trim();
        return value.equals("null") ? null : value;
    }
}
