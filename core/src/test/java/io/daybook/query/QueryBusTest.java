package io.daybook.query;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;
import static org.assertj.core.api.Assertions.assertThatIllegalStateException;

import ch.qos.logback.classic.Level;
import ch.qos.logback.classic.Logger;
import ch.qos.logback.classic.spi.ILoggingEvent;
import ch.qos.logback.core.read.ListAppender;
import io.daybook.command.NoHandlerException;
import io.daybook.command.Violation;
import io.daybook.command.Violations;
import io.daybook.eventstore.EventStoreUnavailableException;
import io.daybook.eventstore.EventStoreUnavailableException.Outcome;
import io.daybook.eventstore.StreamId;
import io.daybook.metrics.QueryMetrics;
import io.daybook.projection.StreamParkedException;
import io.daybook.readmodel.ConsistencyToken;
import io.daybook.readmodel.ReadModelUnavailableException;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.time.ZoneOffset;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.function.Supplier;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;
import org.slf4j.LoggerFactory;

class QueryBusTest {

    record Orders(String customerId, int limit) implements Query<List<String>> {
        @Override
        public void validate(Violations violations) {
            violations.requireText(customerId, "customerId", 10);
            violations.require(limit >= 1 && limit <= 100, "limit", "must be 1 to 100");
        }
    }

    record Unheard() implements Query<Optional<String>> {}

    interface Open extends Query<String> {}

    private static final Instant NOW = Instant.parse("2026-01-02T03:04:05Z");
    private static final StreamId STREAM = StreamId.of("Order", "42");

    private final List<String> seen = new ArrayList<>();
    private final Logger logger = (Logger) LoggerFactory.getLogger(QueryBus.class);
    private final ListAppender<ILoggingEvent> lines = new ListAppender<>();
    private Supplier<List<String>> answer = () -> List.of("42");

    @BeforeEach
    void listen() {
        lines.start();
        logger.addAppender(lines);
        logger.setLevel(Level.DEBUG);
    }

    @AfterEach
    void stopListening() {
        logger.detachAppender(lines);
        logger.setLevel(null);
    }

    private QueryBus.Builder builder() {
        return QueryBus.builder().clock(Clock.fixed(NOW, ZoneOffset.UTC)).handling(Orders.class, (query, context) -> {
            seen.add("handler " + context.now() + " " + context.metadata().consistencyToken());
            return answer.get();
        });
    }

    private QueryInterceptor seenBy(String name) {
        return (query, context, next) -> {
            seen.add(name);
            return next.proceed(query, context);
        };
    }

    @Test
    void answers_a_query_with_its_metadata() {
        ConsistencyToken token = ConsistencyToken.of(STREAM, 7);
        QueryMetadata metadata =
                QueryMetadata.builder().userId("alice").consistencyToken(token).build();

        assertThat(builder().build().ask(new Orders("alice", 20), metadata)).containsExactly("42");
        assertThat(seen).containsExactly("handler " + NOW + " " + token);
        assertThat(lines.list).singleElement().satisfies(line -> {
            assertThat(line.getLevel()).isEqualTo(Level.DEBUG);
            assertThat(line.getFormattedMessage())
                    .startsWith("query answered type=Orders correlation=" + metadata.correlationId())
                    .doesNotContain("alice");
        });
    }

    @Test
    void runs_the_steps_in_order() {
        QueryBus bus = builder()
                .interceptBeforeChecks(seenBy("first"))
                .interceptBeforeChecks(seenBy("second"))
                .authorize((query, metadata) -> seen.add("authorizer"))
                .intercept(seenBy("third"))
                .build();

        bus.ask(new Orders("alice", 20), QueryMetadata.empty());

        assertThat(seen).startsWith("first", "second", "authorizer", "third").hasSize(5);
    }

    @Test
    void reports_all_violations_before_anything_is_read() {
        QueryBus bus = builder()
                .interceptBeforeChecks(seenBy("before"))
                .intercept(seenBy("after"))
                .build();

        assertThatExceptionOfType(QueryValidationException.class)
                .isThrownBy(() -> bus.ask(new Orders(" ", 0), QueryMetadata.empty()))
                .withMessage("the query Orders is invalid: customerId must not be blank; limit must be 1 to 100")
                .satisfies(e ->
                        assertThat(e.violations()).extracting(Violation::path).containsExactly("customerId", "limit"));
        assertThat(seen).containsExactly("before");
    }

    @Test
    void refuses_an_unauthorized_caller_before_the_query_is_validated() {
        QueryBus bus = builder()
                .authorize((query, metadata) -> metadata.roles().contains("clerk"))
                .build();
        QueryMetadata clerk = QueryMetadata.builder().roles(Set.of("clerk")).build();

        assertThatExceptionOfType(QueryNotAuthorizedException.class)
                .isThrownBy(() -> bus.ask(
                        new Orders("", 0), QueryMetadata.builder().userId("eve").build()))
                .withMessage("the user eve is not authorized to send the query Orders")
                .satisfies(e -> assertThat(e.userId()).hasValue("eve"));
        assertThatExceptionOfType(QueryNotAuthorizedException.class)
                .isThrownBy(() -> bus.ask(new Orders("alice", 1), QueryMetadata.empty()))
                .withMessage("an anonymous user is not authorized to send the query Orders");
        assertThat(bus.ask(new Orders("alice", 1), clerk)).hasSize(1);
    }

    @Test
    void refuses_a_query_whose_timeout_has_expired() {
        QueryBus bus = builder().defaultTimeout(Duration.ofNanos(1)).build();
        QueryMetadata patient =
                QueryMetadata.builder().timeout(Duration.ofDays(1)).build();

        assertThatExceptionOfType(QueryTimeoutException.class)
                .isThrownBy(() -> bus.ask(new Orders("alice", 1), QueryMetadata.empty()))
                .withMessage(
                        "the query Orders was not answered within PT0.000000001S: retry the query, or use a longer timeout")
                .satisfies(e -> assertThat(e.timeout()).isEqualTo(Duration.ofNanos(1)));
        assertThat(bus.ask(new Orders("alice", 1), patient)).hasSize(1);
    }

    @Test
    void handler_sees_the_time_that_is_left() {
        record Left() implements Query<Optional<Duration>> {}
        QueryBus bus = QueryBus.builder()
                .handling(Left.class, (query, context) -> {
                    context.checkTimeout();
                    return context.remaining();
                })
                .build();

        assertThat(bus.ask(new Left(), QueryMetadata.empty())).isEmpty();
        assertThat(bus.ask(
                        new Left(),
                        QueryMetadata.builder().timeout(Duration.ofDays(1)).build()))
                .hasValueSatisfying(left -> assertThat(left).isBetween(Duration.ofHours(1), Duration.ofDays(1)));
    }

    @Test
    void names_a_query_without_handler() {
        assertThatExceptionOfType(NoHandlerException.class)
                .isThrownBy(() -> builder().build().ask(new Unheard(), QueryMetadata.empty()))
                .withMessage("no handler is registered for the query " + Unheard.class.getName()
                        + ": register one where the query bus is built");
    }

    @Test
    void names_a_handler_or_interceptor_that_returns_null() {
        answer = () -> null;
        assertThatIllegalStateException()
                .isThrownBy(() -> builder().build().ask(new Orders("alice", 1), QueryMetadata.empty()))
                .withMessage(
                        "the handler returned null for Orders: return an empty Optional or an empty page if there is no result");

        QueryInterceptor silent = (query, context, next) -> null;
        assertThatIllegalStateException()
                .isThrownBy(
                        () -> builder().intercept(silent).build().ask(new Orders("alice", 1), QueryMetadata.empty()))
                .withMessageContaining(silent.getClass().getName());
    }

    @Test
    void refuses_a_builder_that_makes_no_sense() {
        QueryBus.Builder builder = builder().authorize((query, metadata) -> true);

        assertThatIllegalArgumentException()
                .isThrownBy(() -> builder.authorize((query, metadata) -> true))
                .withMessage("the bus has two authorizers: combine them into one");
        assertThatIllegalArgumentException()
                .isThrownBy(() -> builder.handling(Orders.class, (query, context) -> List.of()))
                .withMessage("the query " + Orders.class.getName() + " has two handlers: register one");
        assertThatIllegalArgumentException()
                .isThrownBy(() -> builder.handling(Open.class, (query, context) -> ""))
                .withMessageContaining("is abstract");
        assertThatIllegalArgumentException()
                .isThrownBy(() -> builder.defaultTimeout(Duration.ZERO))
                .withMessage("the default timeout is PT0S: use more than zero");
    }

    @Test
    void refuses_metadata_that_cannot_be_stored() {
        QueryMetadata.Builder builder = QueryMetadata.builder();

        assertThatIllegalArgumentException()
                .isThrownBy(() -> builder.timeout(Duration.ofSeconds(-1)))
                .withMessage("the timeout is PT-1S: use more than zero");
        assertThatIllegalArgumentException().isThrownBy(() -> builder.userId("a\nb"));
        assertThatIllegalArgumentException().isThrownBy(() -> builder.correlationId(" "));
        assertThatIllegalArgumentException().isThrownBy(() -> builder.roles(Set.of("")));
        Set<String> roles = new HashSet<>(Set.of("clerk"));
        builder.roles(roles);
        roles.add("admin");
        assertThat(builder.build().roles()).containsExactly("clerk");
    }

    static Stream<Arguments> failures() {
        return Stream.of(
                Arguments.of(new StreamParkedException(STREAM, 7), QueryOutcome.PARKED, Level.WARN),
                Arguments.of(
                        new ReadModelUnavailableException("down", null, null), QueryOutcome.UNAVAILABLE, Level.WARN),
                Arguments.of(
                        new EventStoreUnavailableException("down", Outcome.NOT_STORED, null, null),
                        QueryOutcome.UNAVAILABLE,
                        Level.WARN),
                Arguments.of(
                        new QueryTimeoutException("Orders", Duration.ofSeconds(1)), QueryOutcome.TIMEOUT, Level.WARN),
                Arguments.of(new QueryNotAuthorizedException("Orders", null), QueryOutcome.UNAUTHORIZED, Level.INFO),
                Arguments.of(
                        new QueryValidationException("Orders", List.of(new Violation("limit", "must be 1 to 100"))),
                        QueryOutcome.INVALID,
                        Level.INFO),
                Arguments.of(new IllegalStateException("a bug"), QueryOutcome.FAILED, Level.ERROR));
    }

    @ParameterizedTest
    @MethodSource("failures")
    void logs_and_measures_a_failure_by_its_outcome(RuntimeException failure, QueryOutcome outcome, Level level) {
        SimpleMeterRegistry registry = new SimpleMeterRegistry();
        QueryBus bus =
                builder().interceptBeforeChecks(new QueryMetrics(registry)).build();
        answer = () -> {
            throw failure;
        };

        assertThatExceptionOfType(RuntimeException.class)
                .isThrownBy(() -> bus.ask(new Orders("alice", 1), QueryMetadata.empty()))
                .isSameAs(failure);
        assertThat(lines.list).singleElement().satisfies(line -> {
            assertThat(line.getLevel()).isEqualTo(level);
            assertThat(line.getFormattedMessage()).contains("type=Orders", "outcome=" + outcome);
        });
        assertThat(registry.get("daybook.queries")
                        .tag("query", "Orders")
                        .tag("outcome", outcome.name().toLowerCase(java.util.Locale.ROOT))
                        .timer()
                        .count())
                .isEqualTo(1);
    }

    @Test
    void measures_an_answer() {
        SimpleMeterRegistry registry = new SimpleMeterRegistry();
        builder()
                .interceptBeforeChecks(new QueryMetrics(registry))
                .build()
                .ask(new Orders("alice", 1), QueryMetadata.empty());

        assertThat(registry.get("daybook.queries")
                        .tag("outcome", "answered")
                        .timer()
                        .count())
                .isEqualTo(1);
    }
}
