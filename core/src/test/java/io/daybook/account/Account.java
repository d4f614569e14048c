package io.daybook.account;

import io.daybook.account.AccountEvent.AccountOpened;
import io.daybook.account.AccountEvent.MoneyDeposited;
import io.daybook.account.AccountEvent.MoneyWithdrawn;
import io.daybook.aggregate.AggregateRoot;
import io.daybook.aggregate.AggregateType;
import java.math.BigDecimal;
import java.time.Instant;

/** The aggregate that the tests of core use. */
public final class Account extends AggregateRoot<AccountEvent> {

    public static final AggregateType<Account, AccountEvent> TYPE = AggregateType.named(
                    "Account", AccountEvent.class, Account::new)
            .on(AccountOpened.class, Account::opened)
            .on(MoneyDeposited.class, Account::deposited)
            .on(MoneyWithdrawn.class, Account::withdrawn)
            .snapshot(State.class, Account::toState, Account::restore)
            .build();

    public record State(String owner, BigDecimal balance, int movements) {}

    private String owner = "";
    private BigDecimal balance = new BigDecimal("0.00");
    private int movements;

    public void open(String owner, Instant at) {
        require(this.owner.isEmpty(), "the account is open already");
        raise(new AccountOpened(id(), owner, at));
    }

    public void deposit(String amount) {
        raise(new MoneyDeposited(id(), new BigDecimal(amount)));
    }

    public void withdraw(String amount) {
        BigDecimal wanted = new BigDecimal(amount);
        require(balance.compareTo(wanted) >= 0, "the balance does not cover the withdrawal");
        raise(new MoneyWithdrawn(id(), wanted, "cash"));
    }

    public String owner() {
        return owner;
    }

    public BigDecimal balance() {
        return balance;
    }

    public int movements() {
        return movements;
    }

    private void opened(AccountOpened event) {
        owner = event.owner();
    }

    private void deposited(MoneyDeposited event) {
        balance = balance.add(event.amount());
        movements++;
    }

    private void withdrawn(MoneyWithdrawn event) {
        balance = balance.subtract(event.amount());
        movements++;
    }

    private State toState() {
        return new State(owner, balance, movements);
    }

    private void restore(State state) {
        owner = state.owner();
        balance = state.balance();
        movements = state.movements();
    }
}
