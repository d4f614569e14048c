package io.daybook.testkit;

import io.daybook.subscription.EventFeed;
import io.daybook.subscription.EventHandler;
import io.daybook.subscription.ParkedStream;
import io.daybook.subscription.Subscription;
import io.daybook.subscription.SubscriptionOptions;
import io.daybook.subscription.SubscriptionStatus;
import java.time.Duration;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** A feed that delivers what the scenario says, in the thread of the scenario. */
final class ScenarioFeed implements EventFeed {

    private @Nullable EventHandler handler;

    EventHandler handler() {
        if (handler == null) {
            throw new IllegalStateException("nothing is subscribed");
        }
        return handler;
    }

    @Override
    public Subscription subscribe(String name, SubscriptionOptions options, EventHandler subscriber) {
        handler = subscriber;
        return new Subscribed();
    }

    @Override
    public void forget(String name) {
        handler = null;
    }

    private static final class Subscribed implements Subscription {

        @Override
        public SubscriptionStatus status() {
            return SubscriptionStatus.of(SubscriptionStatus.State.RUNNING, 0, true, "");
        }

        @Override
        public List<ParkedStream> parked() {
            return List.of();
        }

        @Override
        public int retryParked() {
            return 0;
        }

        @Override
        public void close() {}

        @Override
        public boolean close(Duration timeout) {
            return true;
        }
    }
}
