package io.daybook.sample.order.http;

import com.fasterxml.jackson.core.JsonPointer;
import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.core.exc.InputCoercionException;
import com.fasterxml.jackson.databind.JsonMappingException;
import com.fasterxml.jackson.databind.JsonMappingException.Reference;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.exc.MismatchedInputException;
import com.fasterxml.jackson.databind.exc.UnrecognizedPropertyException;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import com.fasterxml.jackson.databind.node.TextNode;
import io.daybook.command.Command;
import io.daybook.command.Violation;
import io.daybook.command.Violations;
import io.daybook.sample.order.http.Problem.Kind;
import io.javalin.http.Context;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.InputStreamReader;
import java.math.BigDecimal;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.concurrent.TimeoutException;
import java.util.regex.Pattern;

/** Creates commands from bodies, which must be JSON and not too large, or ends the request with all violations. */
final class RequestBody {

    /** The maximum number of members with a wrong type that are reported. Jackson needs another attempt for each. */
    private static final int MAX_MISMATCHES = 50;

    private static final Pattern JSON = Pattern.compile(
            "\\s*application/json\\s*(;\\s*charset\\s*=\\s*\"?utf-8\"?\\s*)?(;\\s*)?", Pattern.CASE_INSENSITIVE);
    private static final Map<Class<?>, String> TYPES = Map.of(
            String.class, "must be a string",
            Integer.TYPE, "must be a whole number",
            BigDecimal.class, "must be a number such as 1299.90",
            ArrayList.class, "must be a list");

    private RequestBody() {}

    /** Creates a command from a body. Its members are those of the command, except the id of the order. The bus checks the values. */
    static <C extends Command> C command(Context ctx, String orderId, Class<C> type) {
        ObjectNode body = read(ctx);
        List<Violation> found = new ArrayList<>();
        if (body.replace("order_id", TextNode.valueOf(orderId)) != null) {
            found.add(new Violation("order_id", "is unknown: the path names the order"));
        }
        C command = bind(body, type, found);
        if (!found.isEmpty()) {
            Violations values = new Violations();
            command.validate(values);
            List<Violation> mismatches = List.copyOf(found);
            Problems.inSnakeCase(values.found()).stream()
                    .filter(value -> mismatches.stream()
                            .noneMatch(mismatch -> value.path().startsWith(mismatch.path())))
                    .forEach(found::add);
            throw Problem.invalid(found);
        }
        return command;
    }

    private static ObjectNode read(Context ctx) {
        String encoding = Objects.requireNonNullElse(ctx.header("Content-Encoding"), "identity");
        if (!JSON.matcher(Objects.requireNonNullElse(ctx.contentType(), "")).matches()
                || !encoding.equalsIgnoreCase("identity")) {
            ctx.header("Accept", "application/json");
            throw new Problem(
                    Kind.MEDIA_TYPE, "The body must be uncompressed, with Content-Type: application/json, in UTF-8");
        }
        try {
            var body = new ByteArrayInputStream(ctx.bodyAsBytes());
            if (SnakeJson.MAPPER.readTree(new InputStreamReader(body, StandardCharsets.UTF_8.newDecoder()))
                    instanceof ObjectNode object) {
                return object;
            }
        } catch (JsonProcessingException e) {
            String place = e.getLocation() == null ? "" : ", " + e.getLocation().offsetDescription();
            throw new Problem(Kind.MALFORMED, "The body is not JSON, or has a duplicate property" + place);
        } catch (IOException | ArithmeticException | NumberFormatException e) {
            if (e.getCause() instanceof TimeoutException) {
                throw new Problem(408, "Request Timeout", "The body did not arrive in time");
            }
        }
        throw new Problem(Kind.MALFORMED, "The body is not a JSON object in UTF-8");
    }

    /** Creates a record. A member that is unknown or of the wrong type is removed, so that all others can be checked. */
    private static <T> T bind(ObjectNode members, Class<T> type, List<Violation> found) {
        for (int i = 0; i < MAX_MISMATCHES; i++) {
            try {
                return SnakeJson.MAPPER.treeToValue(members, type);
            } catch (JsonMappingException e) {
                JsonPointer place = JsonPointer.empty();
                for (Reference step : e.getPath()) {
                    place = step.getFieldName() == null
                            ? place.appendIndex(step.getIndex())
                            : place.appendProperty(step.getFieldName());
                }
                found.add(new Violation(path(place), message(e)));
                remove(members.at(place.head()), place.last());
            } catch (JsonProcessingException e) {
                throw new IllegalStateException(type.getName() + " cannot be created from JSON", e);
            }
        }
        throw Problem.invalid(found);
    }

    private static String path(JsonPointer place) {
        return place.toString().substring(1).replaceAll("/([0-9]+)", "[$1]").replace('/', '.');
    }

    private static String message(JsonMappingException failure) {
        if (failure instanceof UnrecognizedPropertyException) {
            return "is unknown";
        } else if (failure.getCause() instanceof InputCoercionException) {
            return "is out of range";
        }
        Class<?> type = failure instanceof MismatchedInputException mismatch ? mismatch.getTargetType() : Object.class;
        return TYPES.getOrDefault(type, "must be an object");
    }

    private static void remove(JsonNode parent, JsonPointer place) {
        if (parent instanceof ArrayNode list) {
            list.setNull(place.getMatchingIndex()); // keeps the positions of the others
        } else if (parent instanceof ObjectNode object) {
            object.remove(place.getMatchingProperty());
        }
    }
}
