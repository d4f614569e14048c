package io.daybook.sample.order.http;

import io.daybook.command.Violations;
import io.daybook.sample.order.domain.OrderRules;
import io.javalin.http.Context;
import java.time.DateTimeException;
import java.time.LocalDate;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.function.Function;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/** The query parameters of a request. Collects all violations, so that one problem reports them together. */
final class QueryParameters {

    static final String NOT_NEXT = "must be the next of an answer to the same request: begin with the first page";

    private final Map<String, String> values = new HashMap<>();
    private final Violations violations = new Violations();

    /** Reads the parameters. An unknown parameter is a violation, so that a misspelled parameter is reported. */
    QueryParameters(Context ctx, String... known) {
        ctx.queryParamMap().forEach((name, all) -> {
            if (Set.of(known).contains(name)) {
                violations.require(all.size() == 1, name, "must occur only once");
                values.put(name, all.get(0));
            } else if (name.equals("page")) {
                violations.require(false, name, "is not supported: send after with the next of the previous answer");
            } else {
                violations.require(false, name, "is not known here");
            }
        });
    }

    /** Ends the request if there are violations. */
    void refuseInvalid() {
        Problem.refuse(violations);
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
        Map<String, E> known = Arrays.stream(type.getEnumConstants())
                .collect(Collectors.toMap(
                        each -> each.name().toLowerCase(Locale.ROOT), each -> each, (one, two) -> one, TreeMap::new));
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
