package io.daybook.sample.order.http;

import io.daybook.command.CommandMetadata;
import io.daybook.command.Violation;
import io.daybook.eventstore.DerivedKey;
import io.daybook.readmodel.ConsistencyToken;
import io.javalin.http.Context;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Optional;
import java.util.UUID;
import java.util.regex.Pattern;
import java.util.stream.Stream;

/**
 * The headers of a request that describe its command.
 *
 * <p>{@code X-User-Id} is trusted: a gateway or a filter must authenticate the sender first, which is outside the scope
 * of the sample.
 */
final class RequestHeaders {

    static final String CONSISTENCY_TOKEN = "Consistency-Token";
    static final String CORRELATION_ID = "X-Correlation-Id";
    static final String IDEMPOTENCY_KEY = "Idempotency-Key";
    static final String IF_MATCH = "If-Match";
    static final String USER_ID = "X-User-Id";

    private static final Duration TIMEOUT = Duration.ofSeconds(10);
    private static final Pattern ID = Pattern.compile("[!-~]([ -~]{0,126}[!-~])?");
    private static final Pattern VERSION = Pattern.compile("\"(0|[1-9][0-9]{0,17})\"");
    private static final Pattern TRACEPARENT =
            Pattern.compile("(?!ff)[0-9a-f]{2}-(?!0{32})[0-9a-f]{32}-(?!0{16})[0-9a-f]{16}-[0-9a-f]{2}");

    private RequestHeaders() {}

    /** Takes the correlation id of a request, or creates one, and adds it to the answer, whatever the outcome. */
    static void correlate(Context ctx) {
        List<Violation> violations = new ArrayList<>();
        String id = id(ctx, CORRELATION_ID, violations)
                .orElseGet(() -> UUID.randomUUID().toString());
        ctx.attribute(CORRELATION_ID, id);
        ctx.header(CORRELATION_ID, id);
        refuse(violations);
    }

    /**
     * Returns the metadata of a command to an existing order. {@code If-Match: *} requires only that the order exists.
     */
    static CommandMetadata forExistingOrder(Context ctx) {
        return metadata(ctx, true);
    }

    /** Returns the metadata of a command that creates an order, which {@code *} never matches. */
    static CommandMetadata forNewOrder(Context ctx) {
        return metadata(ctx, false);
    }

    private static CommandMetadata metadata(Context ctx, boolean exists) {
        List<Violation> violations = new ArrayList<>();
        CommandMetadata.Builder metadata = CommandMetadata.builder().timeout(TIMEOUT);
        String correlationId = ctx.attribute(CORRELATION_ID);
        if (correlationId != null) {
            metadata.correlationId(correlationId);
        }
        id(ctx, USER_ID, violations).ifPresent(metadata::userId);
        id(ctx, IDEMPOTENCY_KEY, violations).ifPresent(key -> {
            if (DerivedKey.isDerived(key)) {
                violations.add(new Violation(IDEMPOTENCY_KEY, "must not begin with " + DerivedKey.PREFIX));
            } else {
                metadata.idempotencyKey(key);
            }
        });
        single(ctx, IF_MATCH, violations).ifPresent(value -> {
            var version = VERSION.matcher(value);
            if (version.matches()) {
                metadata.expectedVersion(Long.parseLong(version.group(1)));
            } else if (!value.equals("*")) {
                violations.add(new Violation(IF_MATCH, "must be one version in quotes, such as \"3\", or *"));
            } else if (!exists) {
                throw Problem.of(412, "version", "Precondition failed", "A new order matches nothing");
            }
        });
        traceparent(ctx).ifPresent(value -> metadata.attribute("traceparent", value));
        refuse(violations);
        return metadata.build();
    }

    /** The minimum versions that the answer must show. */
    static ConsistencyToken consistencyToken(Context ctx) {
        List<Violation> violations = new ArrayList<>();
        Optional<String> value = single(ctx, CONSISTENCY_TOKEN, violations);
        try {
            refuse(violations);
            return ConsistencyToken.parse(value.orElse(""));
        } catch (IllegalArgumentException e) {
            throw Problem.invalid(
                    List.of(new Violation(CONSISTENCY_TOKEN, "must be a token from an answer of this service")));
        }
    }

    /** Returns whether the client has the content with this etag. */
    static boolean ifNoneMatch(Context ctx, String etag) {
        return Collections.list(ctx.req().getHeaders("If-None-Match")).stream()
                .flatMap(value -> Stream.of(value.split(",")))
                .map(String::strip)
                .anyMatch(value -> value.equals("*") || value.equals(etag) || value.equals("W/" + etag));
    }

    /** An invalid value is ignored, as W3C Trace Context requires. */
    private static Optional<String> traceparent(Context ctx) {
        return single(ctx, "traceparent", new ArrayList<>())
                .filter(value -> TRACEPARENT.matcher(value).matches());
    }

    private static Optional<String> id(Context ctx, String name, List<Violation> violations) {
        Optional<String> value = single(ctx, name, violations);
        if (value.isPresent() && !ID.matcher(value.get()).matches()) {
            violations.add(new Violation(name, "must have 1 to 128 printable ASCII characters"));
            return Optional.empty();
        }
        return value;
    }

    private static Optional<String> single(Context ctx, String name, List<Violation> violations) {
        List<String> values = Collections.list(ctx.req().getHeaders(name));
        if (values.size() > 1) {
            violations.add(new Violation(name, "must occur only once"));
            return Optional.empty();
        }
        return values.stream().findFirst().map(String::strip);
    }

    private static void refuse(List<Violation> violations) {
        if (!violations.isEmpty()) {
            throw Problem.invalid(violations);
        }
    }
}
