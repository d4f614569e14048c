package io.daybook.process;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.PropertyNamingStrategies;
import io.daybook.command.Command;
import io.daybook.event.DomainEvent;
import io.daybook.event.EventType;
import io.daybook.serialization.JacksonDefaults;
import io.daybook.serialization.Money;
import io.daybook.serialization.UnsafeMapper;
import io.daybook.serialization.Upcaster;
import io.daybook.testkit.ProcessScenario;
import java.time.Duration;
import org.junit.jupiter.api.Test;

/** A mapper is given to a process manager and used for its states. */
class ProcessMapperTest {

    @EventType("BillSent")
    record BillSent(String billId, Money newAmount) implements DomainEvent {}

    record Bill(String billId, Money dueAmount) {}

    record Remind(String billId, Money dueAmount) implements Command {
        @Override
        public String aggregateId() {
            return billId;
        }
    }

    private static ProcessManager.Builder<Bill> reminder(int version) {
        return ProcessManager.named("Reminder", version, Bill.class)
                .mapper(Money.mapper())
                .startsWith(
                        BillSent.class,
                        BillSent::billId,
                        (step, event) -> step.become(new Bill(event.billId(), event.newAmount()))
                                .timer("unpaid", Duration.ofDays(14)))
                .onTimer(
                        "unpaid",
                        step -> step.send(
                                        "remind",
                                        new Remind(step.id(), step.state().dueAmount()))
                                .end());
    }

    @Test
    void states_are_written_and_read_with_mapper_of_process() {
        StateCodec<Bill> codec = reminder(1).build().codec();

        String json = codec.write(new Bill("1", new Money(150)));

        assertThat(json).isEqualTo("{\"bill_id\":\"1\",\"due_amount\":\"150 EUR\"}");
        assertThat(codec.read(1, json)).isEqualTo(new Bill("1", new Money(150)));
    }

    @Test
    void upcast_state_is_read_with_mapper_of_process() {
        StateCodec<Bill> codec = reminder(2)
                .upcaster(Upcaster.of("Reminder", 1, json -> json.put("due_amount", "7 EUR")))
                .build()
                .codec();

        assertThat(codec.read(1, "{\"bill_id\":\"1\"}")).isEqualTo(new Bill("1", new Money(7)));
    }

    @Test
    void scenario_uses_mapper_of_process_for_events_states_and_commands() {
        ProcessScenario.Then then = ProcessScenario.of(reminder(1).build())
                .given(new BillSent("1", new Money(150)))
                .whenTimePasses(Duration.ofDays(14))
                .thenSends(new Remind("1", new Money(150)));

        then.thenState("1", new Bill("1", new Money(150))).thenEnded("1");
        assertThatThrownBy(() -> then.thenState("1", new Bill("1", new Money(151))))
                .isInstanceOf(AssertionError.class)
                .hasMessageContaining("151 EUR");
    }

    @Test
    void state_class_that_needs_a_module_is_refused_without_it() {
        assertThatIllegalArgumentException()
                .isThrownBy(() ->
                        reminder(1).mapper(JacksonDefaults.mapper().build()).build())
                .withMessageContaining("Money.cents is not in the JSON");
    }

    @Test
    void mapper_with_default_typing_is_refused() {
        ObjectMapper unsafe = UnsafeMapper.create();

        assertThatIllegalArgumentException()
                .isThrownBy(() -> reminder(1).mapper(unsafe))
                .withMessageContaining("default typing");
    }

    @Test
    void mapper_is_copied_when_given_and_when_returned() {
        ObjectMapper mapper = Money.mapper();
        ProcessManager<Bill> process = reminder(1).mapper(mapper).build();
        mapper.setPropertyNamingStrategy(PropertyNamingStrategies.UPPER_CAMEL_CASE);
        process.mapper().setPropertyNamingStrategy(PropertyNamingStrategies.UPPER_CAMEL_CASE);

        assertThat(process.mapper().getPropertyNamingStrategy()).isEqualTo(PropertyNamingStrategies.SNAKE_CASE);
        assertThat(process.codec().write(new Bill("1", new Money(1)))).contains("due_amount");
    }
}
