package io.daybook.servicebus;

import static io.daybook.contract.Patience.await;
import static io.daybook.servicebus.StoredEvents.counted;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import io.daybook.servicebus.testserver.ServiceBusFault;
import io.daybook.subscription.Subscription;
import io.daybook.subscription.SubscriptionStatus.State;
import java.util.concurrent.CountDownLatch;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** A failure of one session leaves the other sessions of its connection alone. */
class SharedConnectionIT extends FeedFixture {

    private static final String BLOCKED = "blocked";

    private final Recorder recorder = new Recorder();
    private final CountDownLatch entered = new CountDownLatch(1);
    private final CountDownLatch leave = new CountDownLatch(1);

    /** Handles events of other streams while the handler of one stream is blocked. */
    private Subscription subscribeBlocked(int sessions) throws InterruptedException {
        publisher.publish(counted(BLOCKED, 1, 3));
        Subscription subscription = subscribe(feed().parallelSessions(sessions).eventsPerDelivery(1), events -> {
            recorder.handle(events, () -> {
                if (events.get(0).metadata().aggregateId().equals(BLOCKED)) {
                    entered.countDown();
                    leave.await();
                }
            });
        });
        entered.await();
        return subscription;
    }

    static Stream<ServiceBusFault> refusals() {
        return Stream.of(
                ServiceBusFault.refuseAttach("com.microsoft:server-busy"),
                ServiceBusFault.refuseAttach("amqp:internal-error"),
                ServiceBusFault.refuseAttach("com.microsoft:operation-cancelled"),
                ServiceBusFault.refuseAttach("amqp:unauthorized-access"),
                ServiceBusFault.refuseToken(500),
                ServiceBusFault.refuseToken(401));
    }

    @ParameterizedTest
    @MethodSource("refusals")
    void refused_accept_leaves_open_session_alone(ServiceBusFault refusal) throws Exception {
        Subscription subscription = subscribeBlocked(3);
        broker.show(billing, refusal.times(3));
        for (int i = 1; broker.faultsLeft(billing) > 0; i++) {
            String other = "other-" + i; // a thread that has handled a session asks for the next
            publisher.publish(counted(other, 1, 1));
            await().until(() -> !recorder.of(other).isEmpty() || broker.faultsLeft(billing) == 0);
        }
        publisher.publish(counted("last", 1, 3));
        await().untilAsserted(() -> assertThat(recorder.of("last")).isEqualTo(upTo(3)));
        assertThat(broker.acceptances(billing, "Contract-" + BLOCKED)).isEqualTo(1);
        leave.countDown();
        awaitEmpty();

        assertThat(recorder.of(BLOCKED)).isEqualTo(upTo(3));
        assertThat(recorder.overlapped).isFalse();
        await().until(() -> subscription.status().state() == State.RUNNING);
    }

    @ParameterizedTest
    @MethodSource("losses")
    void session_that_is_lost_and_accepted_again_waits_for_its_handler(Loss loss) throws Exception {
        subscribeBlocked(3);
        loss.of(this);
        await().until(() -> broker.acceptances(billing, "Contract-" + BLOCKED) > 1);
        for (int i = 1; i <= 20; i++) {
            publisher.publish(counted("other-" + i, 1, 1));
        }
        await().untilAsserted(() -> assertThat(broker.messages(billing)).hasSize(3));
        assertThat(recorder.calls(BLOCKED)).isEqualTo(1);
        leave.countDown();
        awaitEmpty();

        assertThat(firstOccurrences(recorder.of(BLOCKED))).isEqualTo(upTo(3));
        assertThat(recorder.overlapped).isFalse();
    }

    /** How a session is lost while its handler runs. */
    enum Loss {
        LOCK,
        LINK,
        SOCKET;

        void of(FeedFixture fixture) {
            switch (this) {
                case LOCK -> fixture.broker.detachReceivers(fixture.billing, "com.microsoft:session-lock-lost");
                case LINK -> fixture.broker.detachReceivers(fixture.billing, "amqp:link:detach-forced");
                case SOCKET -> fixture.broker.cutConnections();
            }
        }
    }

    static Stream<Loss> losses() {
        return Stream.of(Loss.values());
    }

    @Test
    void connection_has_at_most_200_sessions() {
        int sessions = SessionSource.SESSIONS_PER_CLIENT + 10;
        for (int stream = 1; stream <= sessions; stream++) {
            publisher.publish(counted("s" + stream, 1, 1));
        }
        CountDownLatch all = new CountDownLatch(sessions);
        subscribe(feed().parallelSessions(sessions), events -> {
            all.countDown();
            leave.await();
        });
        await().until(() -> all.getCount() == 0);
        int most = broker.mostReceiversOfConnection(billing);
        leave.countDown();
        awaitEmpty();

        assertThat(most).isEqualTo(SessionSource.SESSIONS_PER_CLIENT);
    }

    @Test
    void refuses_more_than_256_parallel_sessions() {
        assertThatIllegalArgumentException()
                .isThrownBy(() -> feed().parallelSessions(257))
                .withMessageContaining("257")
                .withMessageContaining("1 to 256");
    }
}
