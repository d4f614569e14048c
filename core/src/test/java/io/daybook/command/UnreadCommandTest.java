package io.daybook.command;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.assertj.core.api.Assertions.catchThrowable;

import ch.qos.logback.classic.Level;
import ch.qos.logback.classic.Logger;
import ch.qos.logback.classic.spi.ILoggingEvent;
import ch.qos.logback.core.read.ListAppender;
import io.daybook.aggregate.UpdateResult;
import io.daybook.eventstore.AppendTooLargeException;
import io.daybook.eventstore.HandledCommand;
import io.daybook.eventstore.StreamId;
import io.daybook.metrics.CommandMetrics;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.slf4j.LoggerFactory;

/** JSON commands that are refused before they are read show in the log and to the outer interceptors. */
class UnreadCommandTest {

    record Note(String aggregateId) implements Command {}

    private static final StreamId STREAM = StreamId.of("Note", "1");

    private final SimpleMeterRegistry registry = new SimpleMeterRegistry();
    private final Logger logger = (Logger) LoggerFactory.getLogger(CommandBus.class);
    private final ListAppender<ILoggingEvent> lines = new ListAppender<>();
    private final List<String> inner = new ArrayList<>();
    private final CommandBus bus = CommandBus.builder()
            .interceptBeforeChecks(new CommandMetrics(registry))
            .authorize(new CommandAuthorizer() {
                @Override
                public boolean permits(Command command, CommandMetadata metadata) {
                    return true;
                }

                @Override
                public boolean permitsType(String commandType, CommandMetadata metadata) {
                    return metadata.userId().isEmpty();
                }
            })
            .intercept((command, context, next) -> {
                inner.add(context.commandType());
                return next.proceed(command, context);
            })
            .handling(Note.class, (command, context) -> new UpdateResult<>(STREAM, 1, 1, false, 0))
            .build();

    @BeforeEach
    void listen() {
        lines.start();
        logger.addAppender(lines);
    }

    @AfterEach
    void stopListening() {
        logger.detachAppender(lines);
    }

    private double count(String type, String outcome) {
        return registry.get("daybook.commands")
                .tags("command", type, "outcome", outcome)
                .timer()
                .count();
    }

    private void send(String type, String json, CommandMetadata metadata) {
        bus.send(type, 1, json.getBytes(UTF_8), metadata);
    }

    @Test
    void shows_json_that_cannot_be_read_in_metrics_and_log() {
        for (String json : List.of("{", "[]", "{\"aggregateId\":[]}")) {
            assertThatExceptionOfType(CommandValidationException.class)
                    .isThrownBy(() -> send("Note", json, CommandMetadata.empty()));
        }

        assertThat(count("Note", "invalid")).isEqualTo(3);
        assertThat(lines.list)
                .hasSize(3)
                .allSatisfy(line -> assertThat(line.getFormattedMessage())
                        .startsWith("command rejected type=Note ")
                        .contains("outcome=INVALID"));
        assertThat(inner).isEmpty();
    }

    @Test
    void shows_types_without_handler_under_one_name() {
        for (String type : List.of("Nte", "<script>")) {
            assertThatExceptionOfType(NoHandlerException.class)
                    .isThrownBy(() -> send(type, "{}", CommandMetadata.empty()))
                    .satisfies(e -> assertThat(e.type()).isEqualTo(type));
        }

        assertThat(count("unknown", "invalid")).isEqualTo(2);
        assertThat(lines.list).hasSize(2).allSatisfy(line -> {
            assertThat(line.getLevel()).isEqualTo(Level.INFO);
            assertThat(line.getFormattedMessage()).contains("type=unknown ", "outcome=INVALID");
        });
    }

    @Test
    void shows_types_that_the_sender_may_not_send() {
        CommandMetadata eve = CommandMetadata.builder().userId("eve").build();

        assertThatExceptionOfType(CommandNotAuthorizedException.class).isThrownBy(() -> send("Note", "{", eve));
        assertThat(count("Note", "unauthorized")).isEqualTo(1);
    }

    @Test
    void classifies_reused_ids_and_large_appends_apart_from_malformed_commands() {
        HandledCommand handled = new HandledCommand("c1", "f", 1, 1);
        assertThat(CommandOutcome.of(catchThrowable(() -> handled.asDuplicateOf(STREAM, "other"))))
                .isEqualTo(CommandOutcome.COMMAND_ID_REUSED);
        assertThat(CommandOutcome.of(AppendTooLargeException.appendTooLarge(STREAM, 2, 1)))
                .isEqualTo(CommandOutcome.TOO_LARGE);
        assertThat(CommandOutcome.of(new CommandValidationException("Note", List.of())))
                .isEqualTo(CommandOutcome.INVALID);
    }
}
