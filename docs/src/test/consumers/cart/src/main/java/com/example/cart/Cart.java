package com.example.cart;

import com.example.cart.CartEvent.CheckedOut;
import com.example.cart.CartEvent.ItemAdded;
import io.daybook.aggregate.AggregateRepository;
import io.daybook.aggregate.AggregateRoot;
import io.daybook.aggregate.AggregateType;
import io.daybook.command.Command;
import io.daybook.command.CommandBus;
import io.daybook.eventstore.EventStore;
import io.daybook.snapshot.SnapshotPolicy;
import io.daybook.snapshot.SnapshotStore;
import java.math.BigDecimal;
import java.time.Instant;

public final class Cart extends AggregateRoot<CartEvent> {

    /** What a snapshot holds. */
    record Contents(int items, BigDecimal total, boolean closed) {}

    record StartCart(String aggregateId, String sku, BigDecimal price) implements Command {}

    record CheckOut(String aggregateId) implements Command {}

    public static final AggregateType<Cart, CartEvent> TYPE = AggregateType.named("Cart", CartEvent.class, Cart::new)
            .on(ItemAdded.class, Cart::added)
            .on(CheckedOut.class, Cart::checkedOut)
            .snapshot(Contents.class, Cart::contents, Cart::restore)
            .build();

    private int items;
    private BigDecimal total = BigDecimal.ZERO;
    private boolean closed;

    /** A bus that takes snapshots after each event, so that the JSON of everything is written and read. */
    static CommandBus bus(EventStore store, SnapshotStore snapshots) {
        AggregateRepository<Cart> carts =
                AggregateRepository.of(TYPE, store).snapshots(snapshots, SnapshotPolicy.everyEvents(1));
        return CommandBus.builder()
                .creating(StartCart.class, carts, (cart, command, context) -> cart.add(command.sku(), command.price()))
                .updating(CheckOut.class, carts, (cart, command, context) -> cart.checkOut(context.now()))
                .build();
    }

    void add(String sku, BigDecimal price) {
        require(!closed, "the cart is checked out");
        raise(new ItemAdded(sku, 1, price));
    }

    void checkOut(Instant now) {
        require(!closed && items > 0, "there is nothing to check out");
        raise(new CheckedOut(now));
    }

    private void added(ItemAdded event) {
        items += event.quantity();
        total = total.add(event.price());
    }

    private void checkedOut(CheckedOut event) {
        closed = true;
    }

    private Contents contents() {
        return new Contents(items, total, closed);
    }

    private void restore(Contents contents) {
        items = contents.items();
        total = contents.total();
        closed = contents.closed();
    }
}
