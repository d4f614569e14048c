package io.daybook.sample.order.http;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.core.exc.InputCoercionException;
import com.fasterxml.jackson.databind.JsonMappingException;
import com.fasterxml.jackson.databind.JsonMappingException.Reference;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.exc.MismatchedInputException;
import com.fasterxml.jackson.databind.exc.UnrecognizedPropertyException;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.daybook.command.Violation;
import io.daybook.command.Violations;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.function.BiConsumer;

/**
 * Creates records from the members of a request, or ends the request with all violations, both of types and of values.
 */
final class Binding {

    /**
     * The maximum number of members with a wrong type that are reported. Jackson needs another attempt for each of
     * them.
     */
    private static final int MAX_MISMATCHES = 50;

    private static final int LONGEST_NAME_SHOWN = 64;

    private Binding() {}

    /**
     * Creates a record. A member that is unknown or of the wrong type is removed, so that all others can be checked.
     *
     * @param members the members as sent
     * @param rules check the values
     * @param found the violations that were found before
     */
    static <T> T bind(ObjectNode members, Class<T> type, BiConsumer<T, Violations> rules, List<Violation> found) {
        List<Violation> all = new ArrayList<>(found);
        T bound = bind(members, type, all);
        Violations violations = new Violations();
        rules.accept(bound, violations);
        List<Violation> earlier = List.copyOf(all);
        for (Violation violation : Problems.inSnakeCase(violations.found())) {
            if (earlier.stream().noneMatch(each -> covers(each.path(), violation.path()))) {
                all.add(isMissing(members, violation) ? new Violation(violation.path(), "is missing") : violation);
            }
        }
        if (!all.isEmpty()) {
            throw Problem.invalid(all);
        }
        return bound;
    }

    private static <T> T bind(ObjectNode members, Class<T> type, List<Violation> found) {
        for (int i = 0; i < MAX_MISMATCHES; i++) {
            try {
                return SnakeJson.MAPPER.treeToValue(members, type);
            } catch (JsonMappingException e) {
                found.add(violation(e));
                if (!remove(members, e.getPath())) {
                    break;
                }
            } catch (JsonProcessingException e) {
                throw new IllegalStateException(type.getName() + " cannot be made of JSON", e);
            }
        }
        throw Problem.invalid(found);
    }

    private static Violation violation(JsonMappingException failure) {
        StringBuilder path = new StringBuilder();
        for (Reference step : failure.getPath()) {
            if (step.getFieldName() == null) {
                path.append('[').append(step.getIndex()).append(']');
            } else {
                path.append(path.isEmpty() ? "" : ".").append(printable(step.getFieldName()));
            }
        }
        return new Violation(path.toString(), message(failure));
    }

    private static String message(JsonMappingException failure) {
        if (failure instanceof UnrecognizedPropertyException) {
            return "is not known here";
        }
        if (failure.getCause() instanceof InputCoercionException) {
            return "is out of range";
        }
        Class<?> type = failure instanceof MismatchedInputException mismatch ? mismatch.getTargetType() : Object.class;
        if (type == String.class) {
            return "must be a text";
        } else if (type == Integer.TYPE) {
            return "must be a whole number";
        } else if (Collection.class.isAssignableFrom(type)) {
            return "must be a list";
        }
        return type.isRecord() ? "must be an object" : failure.getOriginalMessage();
    }

    private static boolean remove(JsonNode members, List<Reference> path) {
        if (path.isEmpty()) {
            return false;
        }
        JsonNode parent = members;
        for (Reference step : path.subList(0, path.size() - 1)) {
            parent = step.getFieldName() == null ? parent.path(step.getIndex()) : parent.path(step.getFieldName());
        }
        Reference last = path.get(path.size() - 1);
        if (parent instanceof ArrayNode list && list.has(last.getIndex())) {
            list.setNull(last.getIndex()); // keeps the positions of the others
            return true;
        }
        return parent instanceof ObjectNode object && object.remove(last.getFieldName()) != null;
    }

    /** Returns whether a violation at one path explains the violation at another. */
    private static boolean covers(String place, String other) {
        return other.startsWith(place)
                && (other.length() == place.length()
                        || other.charAt(place.length()) == '.'
                        || other.charAt(place.length()) == '[');
    }

    private static boolean isMissing(ObjectNode members, Violation violation) {
        String pointer =
                "/" + violation.path().replace("[", "/").replace("]", "").replace('.', '/');
        JsonNode value = members.at(pointer);
        return (value.isMissingNode() || value.isNull()) && !violation.message().startsWith("is missing");
    }

    static String printable(String name) {
        String shown = name.length() > LONGEST_NAME_SHOWN ? name.substring(0, LONGEST_NAME_SHOWN) + "..." : name;
        return shown.replaceAll("[^ -~]", "?");
    }
}
