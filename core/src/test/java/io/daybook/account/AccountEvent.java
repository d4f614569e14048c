package io.daybook.account;

import io.daybook.event.DomainEvent;
import io.daybook.event.EventType;
import java.math.BigDecimal;
import java.time.Instant;

/** The events of the aggregate that the tests of core use. */
public sealed interface AccountEvent extends DomainEvent {

    @EventType("AccountOpened")
    record AccountOpened(String accountId, String owner, Instant openedAt) implements AccountEvent {}

    @EventType("MoneyDeposited")
    record MoneyDeposited(String accountId, BigDecimal amount) implements AccountEvent {
        @Override
        public void validate() {
            if (amount.signum() <= 0) {
                throw new IllegalArgumentException("a deposit of " + amount);
            }
        }
    }

    @EventType(value = "MoneyWithdrawn", version = 2, since = 2)
    record MoneyWithdrawn(String accountId, BigDecimal amount, String reason) implements AccountEvent {}
}
