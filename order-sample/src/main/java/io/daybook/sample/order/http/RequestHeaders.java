package io.daybook.sample.order.http;

import io.daybook.command.CommandMetadata;
import io.daybook.command.Violations;
import io.daybook.eventstore.DerivedKey;
import io.daybook.readmodel.ConsistencyToken;
import io.javalin.http.Context;
import java.time.Duration;
import java.util.Collections;
import java.util.List;
import java.util.Optional;
import java.util.UUID;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * The headers of a request. {@code X-User-Id} is trusted: a gateway or a filter must authenticate the sender first, which
 * is outside the scope of the sample.
 */
final class RequestHeaders {

    static final String CONSISTENCY_TOKEN = "Consistency-Token";

    private static final String CORRELATION_ID = "X-Correlation-Id";
    private static final Duration TIMEOUT = Duration.ofSeconds(10);
    private static final Pattern ID = Pattern.compile("[!-~]([ -~]{0,126}[!-~])?");
    private static final Pattern VERSION = Pattern.compile("\\*|\"(0|[1-9][0-9]{0,17})\"");
    private static final Pattern TRACEPARENT =
            Pattern.compile("(?!ff)[0-9a-f]{2}-(?!0{32})[0-9a-f]{32}-(?!0{16})[0-9a-f]{16}-[0-9a-f]{2}");

    private static final Pattern WAIT =
            Pattern.compile("(?:^|,)\\s*wait\\s*=\\s*\"?([0-9]{1,9})\"?\\s*(?=[,;]|$)", Pattern.CASE_INSENSITIVE);

    private RequestHeaders() {}

    /** Takes the correlation id of a request, or creates one, and adds it to the answer, whatever the outcome. */
    static void correlate(Context ctx) {
        Violations violations = new Violations();
        Optional<String> sent = id(ctx, CORRELATION_ID, violations);
        ctx.header(CORRELATION_ID, sent.orElseGet(() -> UUID.randomUUID().toString()));
        Problem.refuse(violations);
    }

    /** Returns the metadata of a command. {@code If-Match: *} requires no version. */
    static CommandMetadata metadata(Context ctx) {
        Violations violations = new Violations();
        CommandMetadata.Builder metadata = CommandMetadata.builder()
                .timeout(TIMEOUT)
                .correlationId(ctx.res().getHeader(CORRELATION_ID));
        id(ctx, "X-User-Id", violations).ifPresent(metadata::userId);
        Optional<String> key = id(ctx, "Idempotency-Key", violations);
        violations.require(
                key.filter(DerivedKey::isDerived).isEmpty(),
                "Idempotency-Key",
                "must not begin with " + DerivedKey.PREFIX);
        String rule = "must be one version in quotes, such as \"3\", or *";
        value(ctx, "If-Match", VERSION, rule, violations)
                .filter(version -> !version.equals("*"))
                .map(version -> Long.valueOf(version.replace("\"", "")))
                .ifPresent(metadata::expectedVersion);
        // An invalid value is ignored, as W3C Trace Context requires.
        value(ctx, "traceparent", TRACEPARENT, "", new Violations())
                .ifPresent(value -> metadata.attribute("traceparent", value));
        Problem.refuse(violations);
        key.ifPresent(metadata::idempotencyKey);
        return metadata.build();
    }

    /** Returns the minimum versions that the answer must show. */
    static ConsistencyToken consistencyToken(Context ctx) {
        Violations violations = new Violations();
        String sent = value(ctx, CONSISTENCY_TOKEN, Pattern.compile(".*"), "", violations)
                .orElse("");
        ConsistencyToken token = ConsistencyToken.none();
        try {
            token = ConsistencyToken.parse(sent);
        } catch (IllegalArgumentException e) {
            violations.require(false, CONSISTENCY_TOKEN, "must be a token from an answer of this service");
        }
        Problem.refuse(violations);
        return token;
    }

    /** Returns how long the client prefers to wait, at most ten seconds. RFC 7240 requires that a malformed value is ignored. */
    static Optional<Duration> preferredWait(Context ctx) {
        Matcher wait = WAIT.matcher(String.join(",", Collections.list(ctx.req().getHeaders("Prefer"))));
        return wait.find()
                ? Optional.of(Duration.ofSeconds(Math.min(10, Long.parseLong(wait.group(1)))))
                : Optional.empty();
    }

    private static Optional<String> id(Context ctx, String name, Violations violations) {
        return value(ctx, name, ID, "must have 1 to 128 printable ASCII characters", violations);
    }

    private static Optional<String> value(
            Context ctx, String name, Pattern pattern, String rule, Violations violations) {
        List<String> values = Collections.list(ctx.req().getHeaders(name));
        Optional<String> value = values.stream().map(String::strip).findFirst();
        boolean valid = violations.require(values.size() < 2, name, "must occur only once")
                && violations.require(
                        value.stream().allMatch(each -> pattern.matcher(each).matches()), name, rule);
        return valid ? value : Optional.empty();
    }
}
