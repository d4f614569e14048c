package io.daybook.sample.order.http;

import io.daybook.command.CommandMetadata;
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
 * The headers of a request. {@code X-User-Id} is trusted: a gateway or a filter must authenticate the sender first,
 * which is outside the scope of the sample.
 */
final class RequestHeaders {

    static final String CONSISTENCY_TOKEN = "Consistency-Token";

    private static final String CORRELATION_ID = "X-Correlation-Id";
    private static final String USER_ID = "X-User-Id";
    private static final String IDEMPOTENCY_KEY = "Idempotency-Key";
    private static final String IF_MATCH = "If-Match";
    private static final Duration TIMEOUT = Duration.ofSeconds(10);
    private static final String ID = "[!-~]([ -~]{0,126}[!-~])?";
    private static final String VERSION = "\\*|\"(0|[1-9][0-9]{0,17})\"";
    private static final String TRACEPARENT =
            "(?!ff)[0-9a-f]{2}-(?!0{32})[0-9a-f]{32}-(?!0{16})[0-9a-f]{16}-[0-9a-f]{2}";
    private static final Pattern WAIT =
            Pattern.compile("(?:^|,)\\s*wait\\s*=\\s*\"?([0-9]{1,9})\"?\\s*(?=[,;]|$)", Pattern.CASE_INSENSITIVE);

    private RequestHeaders() {}

    /** Takes the correlation id of a request, or creates one, and adds it to the answer, whatever the outcome. */
    static void correlate(Context ctx) {
        RequestValues headers = RequestValues.ofHeaders(ctx, CORRELATION_ID);
        ctx.header(
                CORRELATION_ID,
                id(headers, CORRELATION_ID).orElseGet(() -> UUID.randomUUID().toString()));
        headers.refuseInvalid();
    }

    /** Returns the metadata of a command. {@code If-Match: *} requires no version. */
    static CommandMetadata metadata(Context ctx) {
        RequestValues headers = RequestValues.ofHeaders(ctx, USER_ID, IDEMPOTENCY_KEY, IF_MATCH);
        CommandMetadata.Builder metadata = CommandMetadata.builder()
                .timeout(TIMEOUT)
                .correlationId(ctx.res().getHeader(CORRELATION_ID));
        id(headers, USER_ID).ifPresent(metadata::userId);
        Optional<String> key = id(headers, IDEMPOTENCY_KEY);
        headers.require(
                key.filter(DerivedKey::isDerived).isEmpty(),
                IDEMPOTENCY_KEY,
                "must not begin with " + DerivedKey.PREFIX);
        headers.matching(IF_MATCH, VERSION, "must be one version in quotes, such as \"3\", or *")
                .filter(version -> !version.equals("*"))
                .map(version -> Long.valueOf(version.replace("\"", "")))
                .ifPresent(metadata::expectedVersion);
        headers.refuseInvalid();
        key.ifPresent(metadata::idempotencyKey);
        // An invalid value is ignored, as W3C Trace Context requires.
        List<String> traces = Collections.list(ctx.req().getHeaders("traceparent"));
        if (traces.size() == 1 && traces.get(0).matches(TRACEPARENT)) {
            metadata.attribute("traceparent", traces.get(0));
        }
        return metadata.build();
    }

    /** Returns the minimum versions that the answer must show. */
    static ConsistencyToken consistencyToken(Context ctx) {
        RequestValues headers = RequestValues.ofHeaders(ctx, CONSISTENCY_TOKEN);
        String rule = "must be a token from a response of this service";
        Optional<ConsistencyToken> token = headers.read(CONSISTENCY_TOKEN, rule, ConsistencyToken::parse);
        headers.refuseInvalid();
        return token.orElse(ConsistencyToken.none());
    }

    /** Returns how long the client prefers to wait, at most ten seconds. RFC 7240 requires that a malformed value is ignored. */
    static Optional<Duration> preferredWait(Context ctx) {
        Matcher wait = WAIT.matcher(String.join(",", Collections.list(ctx.req().getHeaders("Prefer"))));
        return wait.find()
                ? Optional.of(Duration.ofSeconds(Math.min(10, Long.parseLong(wait.group(1)))))
                : Optional.empty();
    }

    private static Optional<String> id(RequestValues headers, String name) {
        return headers.matching(name, ID, "must have 1 to 128 printable ASCII characters");
    }
}
