package io.daybook.command;

import static org.assertj.core.api.Assertions.assertThat;

import ch.qos.logback.classic.Level;
import ch.qos.logback.classic.Logger;
import ch.qos.logback.classic.spi.ILoggingEvent;
import ch.qos.logback.core.read.ListAppender;
import io.daybook.aggregate.DomainException;
import io.daybook.aggregate.UpdateResult;
import io.daybook.eventstore.EventStoreUnavailableException;
import io.daybook.eventstore.EventStoreUnavailableException.Outcome;
import io.daybook.eventstore.StreamId;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.slf4j.LoggerFactory;

class CommandLogTest {

    record Note(String aggregateId, String text) implements Command {}

    private final Logger logger = (Logger) LoggerFactory.getLogger(CommandBus.class);
    private final ListAppender<ILoggingEvent> lines = new ListAppender<>();
    private final CommandBus bus = CommandBus.builder()
            .handling(Note.class, (command, context) -> {
                switch (command.text()) {
                    case "canary-payload rejected" -> throw new DomainException("canary-payload rule");
                    case "canary-payload down" ->
                        throw new EventStoreUnavailableException("down", Outcome.UNKNOWN, null, null);
                    case "canary-payload bug" -> throw new IllegalStateException("a bug");
                    default -> {
                        return new UpdateResult<>(StreamId.of("Note", command.aggregateId()), 7, 2, false, 1);
                    }
                }
            })
            .build();

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

    private ILoggingEvent lineOf(String text) {
        lines.list.clear();
        try {
            bus.send(
                    new Note("1", text),
                    CommandMetadata.builder()
                            .idempotencyKey("c1")
                            .correlationId("r1")
                            .build());
        } catch (RuntimeException expected) {
            assertThat(text).isNotEqualTo("canary-payload");
        }
        assertThat(lines.list).hasSize(1);
        return lines.list.get(0);
    }

    @Test
    void a_line_for_each_command_has_keys_and_values() {
        assertThat(lineOf("canary-payload"))
                .satisfies(line -> assertThat(line.getLevel()).isEqualTo(Level.DEBUG))
                .extracting(ILoggingEvent::getFormattedMessage)
                .asString()
                .startsWith("command handled type=Note command=c1 correlation=r1 stream=Note-1 outcome=STORED version=7"
                        + " events=2 retries=1 micros=");
        assertThat(lineOf("canary-payload rejected").getFormattedMessage())
                .isEqualTo(
                        "command rejected type=Note command=c1 correlation=r1 outcome=REJECTED reason=DomainException");
        assertThat(lineOf("canary-payload down").getFormattedMessage())
                .isEqualTo("command failed type=Note command=c1 correlation=r1 outcome=UNAVAILABLE reason=\"down\"");
    }

    @Test
    void only_what_an_operator_must_look_at_is_a_warning_or_an_error() {
        assertThat(lineOf("canary-payload rejected").getLevel()).isEqualTo(Level.INFO);
        assertThat(lineOf("canary-payload down").getLevel()).isEqualTo(Level.WARN);
        assertThat(lineOf("canary-payload bug")).satisfies(line -> {
            assertThat(line.getLevel()).isEqualTo(Level.ERROR);
            assertThat(line.getThrowableProxy().getMessage()).isEqualTo("a bug");
        });
    }

    @Test
    void no_line_quotes_the_command() {
        for (String text :
                List.of("canary-payload", "canary-payload rejected", "canary-payload down", "canary-payload bug")) {
            assertThat(lineOf(text).getFormattedMessage()).doesNotContain("canary-payload");
        }
    }
}
