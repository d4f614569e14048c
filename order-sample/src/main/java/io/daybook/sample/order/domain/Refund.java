package io.daybook.sample.order.domain;

import io.daybook.aggregate.AggregateRoot;
import io.daybook.aggregate.AggregateType;
import java.math.BigDecimal;

/** The refund for a canceled order, under the id of the order. Recording the same payment again changes nothing. */
public final class Refund extends AggregateRoot<RefundPaid> {

    /** The type of the aggregate. */
    public static final AggregateType<Refund, RefundPaid> TYPE = AggregateType.named(
                    "Refund", RefundPaid.class, Refund::new)
            .on(RefundPaid.class, (refund, event) -> refund.reference = event.reference())
            .build();

    private String reference = "";

    private Refund() {}

    /**
     * Records that this refund was paid.
     *
     * @param amount the amount
     * @param reference the reference that the payment gateway returned
     * @throws io.daybook.aggregate.DomainException if the refund was already paid under another reference
     */
    public void paid(BigDecimal amount, String reference) {
        if (!this.reference.equals(reference)) {
            require(this.reference.isEmpty(), "the refund was already paid under another reference");
            raise(new RefundPaid(id(), amount, reference));
        }
    }
}
