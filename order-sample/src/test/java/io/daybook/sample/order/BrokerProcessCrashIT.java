package io.daybook.sample.order;

import static org.assertj.core.api.Assertions.assertThat;

import io.daybook.cosmos.crash.JavaProcess;
import io.daybook.cosmos.crash.ProcessCrashContract;
import io.daybook.process.TimerStore;
import io.daybook.servicebus.ServiceBusTimers;
import io.daybook.servicebus.testserver.ServiceBusFault;
import io.daybook.servicebus.testserver.ServiceBusTestServer;
import io.daybook.servicebus.testserver.StoredMessage;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.TreeMap;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;

/** Processes that follow subscriptions of a topic, with timers that are scheduled messages. */
class BrokerProcessCrashIT extends ProcessCrashContract {

    private static final String DEAD_LETTERS = "/$deadletterqueue";

    private final List<ServiceBusTimers> opened = new ArrayList<>();
    private ServiceBusTestServer broker;

    @BeforeEach
    void startBroker() {
        broker = ServiceBusTestServer.start();
        broker.createTopic(BrokerRunner.TOPIC, BrokerRunner.SUBSCRIPTIONS.toArray(new String[0]));
        subscriptions().forEach(broker::requireSessions);
        broker.createQueue(BrokerRunner.TIMERS);
    }

    @AfterEach
    void stopBroker() {
        opened.forEach(ServiceBusTimers::close);
        broker.close();
    }

    private static Stream<String> subscriptions() {
        return BrokerRunner.SUBSCRIPTIONS.stream().map(name -> BrokerRunner.TOPIC + "/subscriptions/" + name);
    }

    @Override
    protected JavaProcess start(String endpoint, String time) {
        return JavaProcess.start(BrokerRunner.class, endpoint, database(), time, broker.connectionString());
    }

    @Override
    protected TimerStore otherTimers() {
        ServiceBusTimers timers = BrokerRunner.timers(broker.connectionString());
        opened.add(timers);
        return timers;
    }

    @Override
    protected int timersSet() {
        return broker.scheduled(BrokerRunner.TIMERS).size()
                + broker.messages(BrokerRunner.TIMERS).size();
    }

    @Override
    protected void injectFaults(Random random) {
        broker.show(BrokerRunner.TOPIC, ServiceBusFault.cutAfterStoring().after(random.nextInt(20)));
        broker.show(
                BrokerRunner.TOPIC,
                ServiceBusFault.reject("com.microsoft:server-busy").after(random.nextInt(40)));
        broker.show(BrokerRunner.TIMERS, ServiceBusFault.refuseSchedule(503).after(random.nextInt(100)));
        broker.show(BrokerRunner.TIMERS, ServiceBusFault.loseScheduleAnswer().after(random.nextInt(100)));
        broker.show(BrokerRunner.TIMERS, ServiceBusFault.cutAfterSettling().after(random.nextInt(100)));
        subscriptions()
                .forEach(each ->
                        broker.show(each, ServiceBusFault.cutAfterSettling().after(random.nextInt(200))));
    }

    /** The broker's clock is not that of the processes, which put timers back that ring early. */
    @Override
    protected void timeHasPassed() {
        broker.enqueueScheduled(BrokerRunner.TIMERS);
    }

    @Override
    protected void requireNothingLeft() {
        assertThat(messages()).isEmpty();
    }

    /** The messages of each queue and subscription that has any. */
    private Map<String, List<String>> messages() {
        Map<String, List<String>> messages = new TreeMap<>();
        Stream.concat(subscriptions(), Stream.of(BrokerRunner.TIMERS)).forEach(each -> {
            for (String entity : List.of(each, each + DEAD_LETTERS)) {
                List<String> left = broker.messages(entity).stream()
                        .map(StoredMessage::messageId)
                        .toList();
                if (!left.isEmpty()) {
                    messages.put(entity, left);
                }
            }
        });
        return messages;
    }

    @Override
    protected String waiting() {
        return "scheduled timers: " + broker.scheduled(BrokerRunner.TIMERS).size() + ", messages: " + messages();
    }
}
