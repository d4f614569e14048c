package io.daybook.subscription;

import java.time.Duration;
import java.util.List;

/** A subscription whose status does not notice new events once it has caught up, like one that seldom reads its progress. */
public class RememberingSubscription implements Subscription {

    private final Subscription delegate;
    private volatile boolean remembered;

    public RememberingSubscription(Subscription delegate) {
        this.delegate = delegate;
    }

    @Override
    public SubscriptionStatus status() {
        SubscriptionStatus now = delegate.status();
        remembered = remembered || now.caughtUp();
        return new SubscriptionStatus(
                now.state(), now.handled(), now.failures(), now.lastHandled(), now.lag(), remembered, now.lastError());
    }

    @Override
    public List<ParkedStream> parked() {
        return delegate.parked();
    }

    @Override
    public int retryParked() {
        return delegate.retryParked();
    }

    @Override
    public void close() {
        delegate.close();
    }

    @Override
    public boolean close(Duration timeout) {
        return delegate.close(timeout);
    }
}
