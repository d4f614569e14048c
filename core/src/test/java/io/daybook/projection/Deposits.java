package io.daybook.projection;

import io.daybook.account.Account;
import io.daybook.account.AccountEvent.AccountOpened;
import io.daybook.account.AccountEvent.MoneyDeposited;
import io.daybook.account.AccountEvent.MoneyWithdrawn;
import java.util.function.UnaryOperator;

/** The number of deposits into an account, or into all accounts of an owner. */
record Deposits(String owner, int count) {

    static final GroupedProjection<Deposits, Deposits> OF_OWNERS = GroupedProjection.named(
                    "deposits-of-owners", 1, Deposits.class, Deposits.class)
            .contribution(
                    Account.TYPE,
                    share -> share.on(AccountOpened.class, (none, event, metadata) -> new Deposits(event.owner(), 0))
                            .on(MoneyDeposited.class, (before, event, metadata) -> before.next())
                            .ignoring(MoneyWithdrawn.class))
            .groupedBy(Deposits::owner)
            .startingWith(owner -> new Deposits(owner, 0))
            .adding((sum, share) -> new Deposits(sum.owner(), sum.count() + share.count()))
            .removing((sum, share) -> new Deposits(sum.owner(), sum.count() - share.count()))
            .build();

    /** Creates a projection of accounts. */
    static Projection<Deposits> ofAccounts(String name, int version) {
        return ofAccounts(name, version, Deposits::next);
    }

    /** Creates a projection of accounts with another handler of deposits. */
    static Projection<Deposits> ofAccounts(String name, int version, UnaryOperator<Deposits> deposited) {
        return Projection.named(name, version, Account.TYPE, Deposits.class)
                .on(AccountOpened.class, (none, event, metadata) -> new Deposits(event.owner(), 0))
                .on(MoneyDeposited.class, (before, event, metadata) -> deposited.apply(before))
                .ignoring(MoneyWithdrawn.class)
                .index("owner", Deposits::owner)
                .build();
    }

    /** Returns the number in the document of an account. */
    static int count(Projector projector, Projection<Deposits> projection, String account) {
        return projector
                .readModel(projection)
                .get(account)
                .orElseThrow()
                .content()
                .count();
    }

    Deposits next() {
        return new Deposits(owner, count + 1);
    }
}
