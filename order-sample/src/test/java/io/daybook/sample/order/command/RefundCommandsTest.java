package io.daybook.sample.order.command;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.daybook.aggregate.AggregateRepository;
import io.daybook.command.CommandBus;
import io.daybook.command.CommandMetadata;
import io.daybook.eventstore.StreamId;
import io.daybook.inmemory.InMemoryEventStore;
import io.daybook.sample.order.domain.OrderEvents;
import io.daybook.sample.order.domain.Refund;
import io.daybook.sample.order.domain.RefundPaid;
import java.math.BigDecimal;
import org.junit.jupiter.api.Test;

class RefundCommandsTest {

    private static final RequestRefund REQUEST = new RequestRefund("42", new BigDecimal("99.98"));

    private final InMemoryEventStore store = new InMemoryEventStore(OrderEvents.serializer());
    private final InMemoryPaymentGateway gateway = new InMemoryPaymentGateway();
    private final CommandBus bus = RefundCommands.register(
                    CommandBus.builder(), AggregateRepository.of(Refund.TYPE, store), gateway)
            .build();

    private static CommandMetadata key(String key) {
        return CommandMetadata.builder().idempotencyKey(key).build();
    }

    @Test
    void command_that_is_repeated_pays_once() {
        gateway.failNext(1);
        assertThatThrownBy(() -> bus.send(REQUEST, key("k"))).isInstanceOf(PaymentFailedException.class);
        assertThat(store.currentVersion(StreamId.of("Refund", "42"))).isZero();

        bus.send(REQUEST, key("k"));
        assertThat(bus.send(REQUEST, key("k")).duplicate()).isTrue();

        assertThat(gateway.attempts()).containsExactly("k", "k", "k");
        assertThat(gateway.paid()).isOne();
        assertThat(store.read(StreamId.of("Refund", "42"), 0, Long.MAX_VALUE))
                .singleElement()
                .satisfies(event ->
                        assertThat(event.event()).isEqualTo(new RefundPaid("42", new BigDecimal("99.98"), "refund-1")));
    }

    @Test
    void refuses_second_payment_under_another_reference() {
        bus.send(REQUEST, key("k"));

        assertThatThrownBy(() -> bus.send(REQUEST, key("other")))
                .hasMessage("the refund was already paid under another reference");
    }
}
