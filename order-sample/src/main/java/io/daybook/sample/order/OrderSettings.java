package io.daybook.sample.order;

import java.time.DateTimeException;
import java.time.Duration;
import java.util.Arrays;
import java.util.EnumSet;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.OptionalInt;
import java.util.Set;
import java.util.stream.Collectors;

/**
 * The roles that a process runs, and the addresses where it listens. Environment variables:
 * <ul>
 *   <li>{@code ROLES}: the roles, such as {@code api,projector}; all by default;
 *   <li>{@code PORT}: the port, 8000 by default, 0 for any free port;
 *   <li>{@code HOST}: the address to bind to, the loopback address by default;
 *   <li>{@code ADMIN_PORT}: the port of the administration on the loopback address; off by default;
 *   <li>{@code ORDER_EXPIRY}: the time after which an order that is not shipped is canceled, an ISO-8601 duration such as {@code P30D},
 *       which is the default; {@code 0} if orders do not expire.
 * </ul>
 *
 * @param roles the roles that the process runs, at least one
 * @param host the address to bind to
 * @param port the port, 0 for any free port
 * @param adminPort the port of the administration, 0 for any free port; empty if there is none
 * @param orderExpiry the time after which an order that is not shipped is canceled; zero if orders do not expire
 */
public record OrderSettings(Set<Role> roles, String host, int port, OptionalInt adminPort, Duration orderExpiry) {

    /** The time after which an order that is not shipped is canceled by default. */
    public static final Duration DEFAULT_ORDER_EXPIRY = Duration.ofDays(30);

    private static final Duration MAX_ORDER_EXPIRY = Duration.ofDays(3_650);

    /**
     * Checks the roles.
     *
     * @param roles the roles that the process runs, at least one
     * @param host the address to bind to
     * @param port the port, 0 for any free port
     * @param adminPort the port of the administration, 0 for any free port; empty if there is none
     * @param orderExpiry the time after which an order that is not shipped is canceled; zero if orders do not expire
     * @throws IllegalArgumentException if there is an administration port but nothing to administer, or the time is out
     *     of range
     */
    public OrderSettings {
        roles = Set.copyOf(roles);
        if (adminPort.isPresent() && !roles.contains(Role.PROJECTOR) && !roles.contains(Role.PROCESSES)) {
            throw new IllegalArgumentException(
                    "ADMIN_PORT is set, but this process runs nothing to administer: add projector or processes to ROLES");
        }
        if (orderExpiry.isNegative() || orderExpiry.compareTo(MAX_ORDER_EXPIRY) > 0) {
            throw new IllegalArgumentException(
                    "ORDER_EXPIRY is " + orderExpiry + ": use 0 or up to " + MAX_ORDER_EXPIRY);
        }
    }

    /**
     * Reads the settings.
     *
     * @param environment the variables
     * @return the settings
     * @throws IllegalArgumentException if a variable is invalid, or the roles need stores that other processes share
     */
    public static OrderSettings from(Map<String, String> environment) {
        Set<Role> roles = roles(environment.getOrDefault("ROLES", "").trim());
        if (!CosmosComponents.isNamedIn(environment) && !roles.containsAll(Set.of(Role.API, Role.PROJECTOR))) {
            throw new IllegalArgumentException(
                    "ROLES lacks " + (roles.contains(Role.API) ? "projector" : "api")
                            + ", but no other process can read what this process keeps in memory: add it, or set COSMOS_ENDPOINT");
        }
        String adminPort = environment.getOrDefault("ADMIN_PORT", "").trim();
        return new OrderSettings(
                roles,
                environment.getOrDefault("HOST", "127.0.0.1"),
                port("PORT", environment.getOrDefault("PORT", "8000")),
                adminPort.isEmpty() ? OptionalInt.empty() : OptionalInt.of(port("ADMIN_PORT", adminPort)),
                expiry(environment.getOrDefault("ORDER_EXPIRY", "").trim()));
    }

    private static Duration expiry(String text) {
        if (text.isEmpty()) {
            return DEFAULT_ORDER_EXPIRY;
        }
        try {
            return text.equals("0") ? Duration.ZERO : Duration.parse(text);
        } catch (DateTimeException e) {
            throw new IllegalArgumentException(
                    "ORDER_EXPIRY is \"" + text + "\": use an ISO-8601 duration such as P30D, or 0");
        }
    }

    private static Set<Role> roles(String text) {
        Map<String, Role> known = Arrays.stream(Role.values())
                .collect(Collectors.toMap(role -> role.name().toLowerCase(Locale.ROOT), role -> role));
        Set<Role> roles = EnumSet.noneOf(Role.class);
        for (String name : text.isEmpty() ? known.keySet() : List.of(text.split("\\s*,\\s*", -1))) {
            Role role = known.get(name);
            if (role == null) {
                throw new IllegalArgumentException(
                        "ROLES names \"" + name + "\": use api, projector, processes and relay, separated by commas");
            }
            roles.add(role);
        }
        return roles;
    }

    private static int port(String variable, String text) {
        if (!text.matches("[0-9]{1,5}") || Integer.parseInt(text) > 65_535) {
            throw new IllegalArgumentException(variable + " is \"" + text + "\": use a number from 0 to 65535");
        }
        return Integer.parseInt(text);
    }
}
