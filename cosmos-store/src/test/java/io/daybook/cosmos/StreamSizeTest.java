package io.daybook.cosmos;

import static org.assertj.core.api.Assertions.assertThat;

import ch.qos.logback.classic.Level;
import ch.qos.logback.classic.Logger;
import ch.qos.logback.classic.spi.ILoggingEvent;
import ch.qos.logback.core.read.ListAppender;
import io.daybook.contract.ContractEvent;
import io.daybook.event.EventEnvelope;
import io.daybook.eventstore.StreamId;
import java.util.Collections;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.slf4j.LoggerFactory;

class StreamSizeTest {

    private static final StreamId STREAM = StreamId.of("Contract", "1");

    private final Logger logger = (Logger) LoggerFactory.getLogger(CosmosEventStore.class);
    private final ListAppender<ILoggingEvent> lines = new ListAppender<>();

    @BeforeEach
    void listen() {
        lines.start();
        logger.addAppender(lines);
        logger.setLevel(Level.WARN);
        logger.setAdditive(false); // seventy lines of noise
    }

    @AfterEach
    void stop() {
        logger.detachAppender(lines);
        logger.setLevel(null);
        logger.setAdditive(true);
    }

    /** As an append does it whose events have so many bytes of data each. */
    private static long append(long versionBefore, int count, int bytes) {
        List<EventEnvelope> events = ContractEvent.events(STREAM, versionBefore, count);
        List<byte[]> data = Collections.nCopies(count, new byte[bytes]);
        long estimated = StreamSize.estimate(STREAM, versionBefore + count, events, data);
        StreamSize.warn(STREAM, versionBefore + count, count, estimated);
        return estimated;
    }

    @Test
    void estimates_size_as_version_times_mean_size_of_appended_events() {
        long one = append(0, 1, 100_000);

        assertThat(one).isBetween(100_400L, 101_000L);
        assertThat(append(999, 1, 100_000)).isBetween(one * 999, one * 1_001);
        assertThat(append(990, 10, 100_000)).isBetween(one * 999, one * 1_001);
    }

    @Test
    void warns_at_each_percent_from_the_half_on_and_at_nothing_in_between() {
        for (long version = 0; version < 120_000; version += 10) {
            append(version, 10, 199_450); // about 200 KB each, so 100,000 of them fill it
        }

        assertThat(lines.list).hasSizeBetween(68, 72); // of 50 to 120 percent
        assertThat(lines.list.get(0).getFormattedMessage())
                .startsWith("stream approaches the size limit of its logical partition stream=Contract-1 version=")
                .contains("percent=50");
        assertThat(lines.list.get(1).getFormattedMessage()).contains("percent=51");
    }
}
