package io.daybook.sample.order.http;

import io.daybook.command.Violations;
import io.daybook.sample.order.domain.OrderRules;
import io.javalin.http.Context;
import java.time.DateTimeException;
import java.time.LocalDate;
import java.util.Collections;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/** The query parameters or the headers of a request. Collects all violations, so that one problem reports them together. */
final class RequestValues {

    static final String NOT_NEXT = "must be the next of a response to the same request: begin with the first page";

    private final Map<String, String> values = new HashMap<>();
    private final Violations violations = new Violations();

    /** Reads the query parameters. An unknown parameter is a violation, so that a misspelled parameter is reported. */
    static RequestValues ofQuery(Context ctx, String... known) {
        RequestValues parameters = new RequestValues();
        ctx.queryParamMap().forEach((name, all) -> {
            if (Set.of(known).contains(name)) {
                parameters.add(name, all);
            } else if (name.equals("page")) {
                parameters.require(false, name, "is not supported: send after with the next of the previous response");
            } else {
                parameters.require(false, name, "is unknown");
            }
        });
        return parameters;
    }

    /** Reads the headers with these names, and ignores the others. */
    static RequestValues ofHeaders(Context ctx, String... names) {
        RequestValues headers = new RequestValues();
        for (String name : names) {
            headers.add(name, Collections.list(ctx.req().getHeaders(name)));
        }
        return headers;
    }

    private void add(String name, List<String> all) {
        require(all.size() < 2, name, "must occur only once");
        all.stream().findFirst().ifPresent(value -> values.put(name, value));
    }

    /** Ends the request if there are violations. */
    void refuseInvalid() {
        if (!violations.found().isEmpty()) {
            throw Problem.invalid(violations.found());
        }
    }

    void require(boolean fulfilled, String name, String otherwise) {
        violations.require(fulfilled, name, otherwise);
    }

    boolean has(String name) {
        return values.containsKey(name);
    }

    Optional<String> text(String name) {
        return Optional.ofNullable(values.get(name));
    }

    Optional<String> text(String name, int max) {
        int before = violations.found().size();
        text(name).ifPresent(text -> OrderRules.checkText(violations, name, text, max));
        return text(name).filter(text -> violations.found().size() == before);
    }

    Optional<String> matching(String name, String pattern, String otherwise) {
        return read(name, otherwise, text -> text.matches(pattern) ? text : null);
    }

    /** Reads the position after which a page begins; empty for the first page. */
    String after() {
        return matching("after", ".+", NOT_NEXT).orElse("");
    }

    long number(String name, long min, long max, long otherwise) {
        return read(name, "must be a whole number from " + min + " to " + max, text -> {
                    long number = text.matches("[0-9]+") ? Long.parseLong(text) : -1;
                    return number < min || number > max ? null : number;
                })
                .orElse(otherwise);
    }

    Optional<LocalDate> date(String name) {
        return read(
                name, "must be a date such as 2026-01-31", text -> text.length() == 10 ? LocalDate.parse(text) : null);
    }

    /** Reads values of an enum in lower case, separated by commas. */
    <E extends Enum<E>> Optional<List<E>> anyOf(String name, Class<E> type) {
        Map<String, E> known = new TreeMap<>();
        for (E each : type.getEnumConstants()) {
            known.put(each.name().toLowerCase(Locale.ROOT), each);
        }
        return read(name, "must be one or more of " + String.join(", ", known.keySet()), text -> {
            Set<String> names = Set.of(text.split(",", -1)); // throws if one occurs twice
            return known.keySet().containsAll(names)
                    ? names.stream().map(known::get).toList()
                    : null;
        });
    }

    /** Reads a value. It is a violation if it cannot be read or is read as null. */
    <T> Optional<T> read(String name, String otherwise, Function<String, @Nullable T> parse) {
        try {
            Optional<T> value = text(name).map(parse);
            violations.require(value.isPresent() || !has(name), name, otherwise);
            return value;
        } catch (IllegalArgumentException | DateTimeException e) {
            violations.require(false, name, otherwise);
            return Optional.empty();
        }
    }
}
