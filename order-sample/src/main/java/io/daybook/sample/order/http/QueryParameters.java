package io.daybook.sample.order.http;

import io.daybook.command.Violation;
import io.javalin.http.Context;
import java.math.BigInteger;
import java.time.LocalDate;
import java.time.format.DateTimeParseException;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import java.util.regex.Pattern;

/**
 * Reads the query parameters of a request and collects their violations. An invalid parameter yields a default, so that all
 * others are checked too; {@link #refuseInvalid} ends the request. Not thread-safe.
 */
final class QueryParameters {

    private static final Pattern NUMBER = Pattern.compile("[0-9]{1,19}");
    private static final Pattern DATE = Pattern.compile("[0-9]{4}-[0-9]{2}-[0-9]{2}");

    private final Context ctx;
    private final List<Violation> violations = new ArrayList<>();

    private QueryParameters(Context ctx) {
        this.ctx = ctx;
    }

    /** Begins to read. Parameters that are not known are violations, so that a misspelled one is noticed. */
    static QueryParameters of(Context ctx, String... known) {
        QueryParameters parameters = new QueryParameters(ctx);
        Set<String> unknown = new TreeSet<>(ctx.queryParamMap().keySet());
        unknown.removeAll(Set.of(known));
        for (String name : unknown) {
            parameters.add(
                    BodyFields.printable(name),
                    name.equals("page")
                            ? "is not supported: send after with the next of the previous answer"
                            : "is not known here");
        }
        return parameters;
    }

    void add(String name, String message) {
        violations.add(new Violation(name, message));
    }

    long number(String name, long otherwise, long min, long max) {
        List<String> values = ctx.queryParams(name);
        if (values.isEmpty()) {
            return otherwise;
        }
        if (values.size() == 1 && NUMBER.matcher(values.get(0)).matches()) {
            BigInteger value = new BigInteger(values.get(0));
            if (value.compareTo(BigInteger.valueOf(min)) >= 0 && value.compareTo(BigInteger.valueOf(max)) <= 0) {
                return value.longValue();
            }
        }
        add(name, "must be one whole number from " + min + " to " + max);
        return otherwise;
    }

    Optional<String> text(String name, int min, int max) {
        Optional<String> value = single(name);
        if (value.isPresent()) {
            String text = value.get();
            if (text.length() < min || text.length() > max) {
                add(name, "must have " + min + " to " + max + " characters");
                return Optional.empty();
            }
            if (text.chars().anyMatch(Character::isISOControl)) {
                add(name, "must not contain control characters");
                return Optional.empty();
            }
        }
        return value;
    }

    Optional<LocalDate> date(String name) {
        Optional<String> value = single(name);
        if (value.isPresent()) {
            try {
                if (DATE.matcher(value.get()).matches()) {
                    return Optional.of(LocalDate.parse(value.get()));
                }
            } catch (DateTimeParseException e) {
                // such as February 30, which is added below
            }
            add(name, "must be a date such as 2026-01-31");
        }
        return Optional.empty();
    }

    /** Reads one or more choices, separated by commas. */
    <T> List<T> choices(String name, Map<String, T> choices) {
        List<T> chosen = new ArrayList<>();
        for (String text :
                single(name).map(value -> List.of(value.split(",", -1))).orElse(List.of())) {
            T choice = choices.get(text);
            if (choice == null || chosen.contains(choice)) {
                add(name, "must be one or more of " + String.join(", ", new TreeSet<>(choices.keySet())));
                return List.of();
            }
            chosen.add(choice);
        }
        return chosen;
    }

    private Optional<String> single(String name) {
        List<String> values = ctx.queryParams(name);
        if (values.size() > 1) {
            add(name, "must occur only once");
            return Optional.empty();
        }
        return values.stream().findFirst();
    }

    void refuseInvalid() {
        if (!violations.isEmpty()) {
            throw Problem.invalid(violations).asException();
        }
    }
}
