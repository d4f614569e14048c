package io.daybook.sample.order.domain;

import io.daybook.aggregate.DomainException;
import io.daybook.command.Violation;
import io.daybook.command.Violations;
import java.math.BigDecimal;
import java.math.RoundingMode;
import java.util.List;
import java.util.function.Consumer;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/**
 * The rules for the values of an order, regardless of its state. Commands use them to report all violations, and the
 * aggregate uses them to reject invalid values.
 */
public final class OrderRules {

    /** The maximum number of characters in an id, such as that of a product. */
    public static final int MAX_ID = 64;

    /** The maximum number of characters in any other text, such as a street. */
    public static final int MAX_TEXT = 200;

    /** The maximum number of items in a new order, and the maximum number of lines in any order. */
    public static final int MAX_LINES = 500;

    /** The maximum quantity of one product that can be added at once. */
    public static final int MAX_QUANTITY = 10_000;

    /** The maximum quantity of one product at one price in an order. */
    public static final int MAX_LINE_QUANTITY = 10_000_000;

    /** The highest unit price. */
    public static final BigDecimal MAX_PRICE = new BigDecimal("1000000.00");

    private static final int CENTS = 2;

    private OrderRules() {}

    /**
     * Checks that a text is present, is not too long, and contains nothing that cannot be stored or shown.
     *
     * @param violations collects what is wrong
     * @param path the path of the text
     * @param text the text, null if it is missing
     * @param max the most characters
     */
    public static void checkText(Violations violations, String path, @Nullable String text, int max) {
        if (violations.requireText(text, path, max)) {
            violations.require(
                    text == null || text.chars().noneMatch(Character::isISOControl),
                    path,
                    "must not contain control characters");
        }
    }

    /**
     * Checks the items of a new order.
     *
     * @param violations collects what is wrong
     * @param items the items
     */
    public static void checkItems(Violations violations, List<@Nullable OrderItem> items) {
        violations.require(!items.isEmpty(), "items", "must contain at least one item");
        if (violations.require(items.size() <= MAX_LINES, "items", "must contain at most " + MAX_LINES + " items")) {
            for (int i = 0; i < items.size(); i++) {
                checkItem(violations, "items[" + i + "]", items.get(i));
            }
        }
    }

    private static void checkItem(Violations violations, String path, @Nullable OrderItem item) {
        if (item == null) {
            violations.require(false, path, "must not be null");
        } else {
            checkItem(violations.at(path), item.productId(), item.quantity(), item.unitPrice());
        }
    }

    /**
     * Checks one item.
     *
     * @param violations collects what is wrong
     * @param productId the id of the product; null if it is missing
     * @param quantity the quantity
     * @param unitPrice the price of one, null if it is missing
     */
    public static void checkItem(
            Violations violations, @Nullable String productId, int quantity, @Nullable BigDecimal unitPrice) {
        checkText(violations, "productId", productId, MAX_ID);
        violations.require(quantity >= 1 && quantity <= MAX_QUANTITY, "quantity", "must be from 1 to " + MAX_QUANTITY);
        if (unitPrice == null) {
            violations.require(false, "unitPrice", "must not be null");
        } else if (violations.require(
                unitPrice.signum() >= 0 && unitPrice.compareTo(MAX_PRICE) <= 0,
                "unitPrice",
                "must be from 0 to " + MAX_PRICE)) {
            violations.require(
                    unitPrice.stripTrailingZeros().scale() <= CENTS, "unitPrice", "must have at most two decimals");
        }
    }

    /**
     * Checks an address.
     *
     * @param violations collects what is wrong
     * @param address the address, null if it is missing
     */
    public static void checkAddress(Violations violations, @Nullable ShippingAddress address) {
        if (address == null) {
            violations.require(false, "shippingAddress", "must not be null");
            return;
        }
        Violations below = violations.at("shippingAddress");
        checkText(below, "street", address.street(), MAX_TEXT);
        checkText(below, "city", address.city(), MAX_TEXT);
        checkText(below, "state", address.state(), MAX_TEXT);
        checkText(below, "zip", address.zip(), MAX_TEXT);
    }

    /**
     * Writes an amount of money with two decimals, so that 5, 5.0 and 5.00 are the same; an amount that violates the
     * rules stays unchanged.
     *
     * @param amount the amount
     * @return the same amount
     */
    public static BigDecimal inCents(BigDecimal amount) {
        boolean fits = amount.signum() == 0
                || (amount.precision() - (long) amount.scale() <= 20
                        && amount.stripTrailingZeros().scale() <= CENTS);
        return fits ? amount.setScale(CENTS, RoundingMode.UNNECESSARY) : amount;
    }

    /** Rejects values that violate the rules. */
    static void enforce(Consumer<Violations> rules) {
        Violations violations = new Violations();
        rules.accept(violations);
        if (!violations.found().isEmpty()) {
            throw new DomainException(
                    violations.found().stream().map(Violation::toString).collect(Collectors.joining("; ")));
        }
    }
}
