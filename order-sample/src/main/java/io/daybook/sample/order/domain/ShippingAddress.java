package io.daybook.sample.order.domain;

/**
 * The address to which an order is sent.
 *
 * @param street street and number
 * @param city the city
 * @param state the state
 * @param zip the postal code
 */
public record ShippingAddress(String street, String city, String state, String zip) {}
