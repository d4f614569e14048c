package io.daybook.servicebus;

import static io.daybook.servicebus.StoredEvents.counted;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import io.daybook.event.EventEnvelope;
import io.daybook.event.EventMetadata;
import io.daybook.event.MessageContext;
import io.daybook.publishing.EventPublishException;
import io.daybook.publishing.EventPublishException.Delivery;
import java.lang.reflect.Field;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Events that the SDK cannot make a message of, such as those of a store that did not check its text. */
class UnsendableEventIT extends PublisherFixture {

    private static final String HALF = "Mobile Safari \uD83D";

    /** Metadata refuse such text, so it is put there behind their back. */
    private static EventEnvelope damaged(EventEnvelope event, String field) {
        try {
            MessageContext context = MessageContext.builder()
                    .correlationId(event.metadata().correlationId())
                    .build();
            Field damaged = MessageContext.class.getDeclaredField(field);
            damaged.setAccessible(true);
            damaged.set(context, damaged.getType() == Map.class ? Map.of("userAgent", HALF) : HALF);
            Field ofEvent = EventMetadata.class.getDeclaredField("context");
            ofEvent.setAccessible(true);
            ofEvent.set(event.metadata(), context);
            return event;
        } catch (ReflectiveOperationException e) {
            throw new LinkageError("no field " + field, e);
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"attributes", "userId", "causationId"})
    void names_event_that_cannot_become_a_message(String field) {
        List<EventEnvelope> events = new ArrayList<>(counted("a", 1, 3));
        damaged(events.get(1), field);
        events.addAll(counted("b", 1, 2));

        EventPublishException e = catchThrowableOfType(EventPublishException.class, () -> publisher.publish(events));

        assertThat(e)
                .hasMessageContaining(events.get(1).metadata().eventId())
                .hasMessageContaining("cannot become a message")
                .hasMessageNotContaining("Safari");
        assertThat(events)
                .extracting(event -> e.delivery(event.metadata().eventId()))
                .containsExactly(Delivery.SENT, Delivery.IMPOSSIBLE, Delivery.NOT_SENT, Delivery.SENT, Delivery.SENT);
        assertThat(numbers("a")).containsExactly(1L);
        assertThat(numbers("b")).containsExactly(1L, 2L);
    }
}
