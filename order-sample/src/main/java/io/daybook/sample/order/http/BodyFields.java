package io.daybook.sample.order.http;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.daybook.command.Violation;
import io.daybook.sample.order.domain.OrderRules;
import java.math.BigDecimal;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.function.Function;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * Takes the fields out of a JSON object and collects what is wrong with them. A field that is missing or of another type
 * yields a stand-in, so that all others can be looked at too.
 */
final class BodyFields {

    private static final Pattern DECIMAL = Pattern.compile("-?[0-9]{1,20}(\\.[0-9]{1,20})?");
    private static final int LONGEST_NAME_SHOWN = 64;

    private final ObjectNode object;
    private final String path;
    private final List<Violation> found;
    private final Set<String> known = new HashSet<>();

    private BodyFields(ObjectNode object, String path, List<Violation> found) {
        this.object = object;
        this.path = path;
        this.found = found;
    }

    static BodyFields of(ObjectNode body) {
        return new BodyFields(body, "", new ArrayList<>());
    }

    List<Violation> found() {
        return found;
    }

    String text(String name) {
        JsonNode value = required(name);
        if (value != null && !value.isTextual()) {
            add(name, "must be a text");
        }
        return value != null && value.isTextual() ? value.textValue() : "";
    }

    int integer(String name) {
        JsonNode value = required(name);
        if (value == null) {
            return 0;
        }
        if (!value.isIntegralNumber()) {
            add(name, "must be a whole number");
            return 0;
        }
        // One that is no int is against the rules anyhow, and they say what would be allowed.
        return value.canConvertToInt() ? value.intValue() : Integer.MAX_VALUE;
    }

    /** Takes a number, or a text that holds one, since clients whose numbers are binary cannot write 0.1. */
    BigDecimal money(String name) {
        JsonNode value = required(name);
        if (value == null) {
            return BigDecimal.ZERO;
        }
        if (value.isNumber()) {
            return OrderRules.inCents(value.decimalValue());
        }
        if (value.isTextual() && DECIMAL.matcher(value.textValue()).matches()) {
            return OrderRules.inCents(new BigDecimal(value.textValue()));
        }
        add(name, "must be a number");
        return BigDecimal.ZERO;
    }

    <T> T object(String name, Function<BodyFields, T> read) {
        JsonNode value = required(name);
        if (value != null && !value.isObject()) {
            add(name, "must be an object");
        }
        // Without an object the fields of a stand-in are missing, which need not be said on top.
        return value instanceof ObjectNode child
                ? below(child, at(name), found, read)
                : below(JsonNodeFactory.instance.objectNode(), at(name), new ArrayList<>(), read);
    }

    <T> List<T> objects(String name, Function<BodyFields, T> read) {
        JsonNode value = required(name);
        if (value == null) {
            return List.of();
        }
        if (!value.isArray()) {
            add(name, "must be a list");
            return List.of();
        }
        List<T> elements = new ArrayList<>();
        for (int i = 0; i < value.size(); i++) {
            String place = at(name) + "[" + i + "]";
            if (value.get(i) instanceof ObjectNode child) {
                elements.add(below(child, place, found, read));
            } else {
                found.add(new Violation(place, "must be an object"));
                elements.add(below(JsonNodeFactory.instance.objectNode(), place, new ArrayList<>(), read));
            }
        }
        return elements;
    }

    /** Refuses what was not asked for, so that a misspelt field is noticed. To be called last. */
    void refuseOthers() {
        object.fieldNames().forEachRemaining(name -> {
            if (!known.contains(name)) {
                add(printable(name), "is not known here");
            }
        });
    }

    private static <T> T below(ObjectNode object, String path, List<Violation> found, Function<BodyFields, T> read) {
        BodyFields fields = new BodyFields(object, path, found);
        T value = read.apply(fields);
        fields.refuseOthers();
        return value;
    }

    private @Nullable JsonNode required(String name) {
        known.add(name);
        JsonNode value = object.get(name);
        if (value == null || value.isNull()) {
            add(name, "is missing");
            return null;
        }
        return value;
    }

    private void add(String name, String message) {
        found.add(new Violation(at(name), message));
    }

    private String at(String name) {
        return path.isEmpty() ? name : path + "." + name;
    }

    static String printable(String name) {
        String shown = name.length() > LONGEST_NAME_SHOWN ? name.substring(0, LONGEST_NAME_SHOWN) + "..." : name;
        return shown.replaceAll("[^ -~]", "?");
    }
}
