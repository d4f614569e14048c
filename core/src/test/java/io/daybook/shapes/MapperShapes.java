package io.daybook.shapes;

import io.daybook.event.EventType;
import java.util.List;

final class MapperShapes {
    private MapperShapes() {}

    @EventType("Plain")
    record Plain(String text, long number, List<Double> numbers) implements Shape {}
}
