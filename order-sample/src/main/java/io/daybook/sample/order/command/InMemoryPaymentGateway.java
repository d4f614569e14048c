package io.daybook.sample.order.command;

import java.math.BigDecimal;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** A simulated payment gateway, which fails on demand. It forgets its payments when the program stops. Thread-safe. */
public final class InMemoryPaymentGateway implements PaymentGateway {

    private final Map<String, String> references = new LinkedHashMap<>();
    private final List<String> keys = new ArrayList<>();
    private int failures;

    /**
     * Makes the next payments fail.
     *
     * @param count the number of payments that fail
     */
    public synchronized void failNext(int count) {
        failures = count;
    }

    @Override
    public synchronized String refund(String idempotencyKey, String orderId, BigDecimal amount) {
        keys.add(idempotencyKey);
        if (failures > 0) {
            failures--;
            throw new PaymentFailedException("the simulated payment gateway fails on demand");
        }
        return references.computeIfAbsent(idempotencyKey, key -> "refund-" + (references.size() + 1));
    }

    /**
     * {@return the idempotency key of each attempt, in order}
     */
    public synchronized List<String> attempts() {
        return List.copyOf(keys);
    }

    /**
     * {@return the number of refunds that were paid}
     */
    public synchronized int paid() {
        return references.size();
    }
}
