package io.daybook.shapes;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.daybook.event.EventType;
import java.io.File;
import java.math.BigDecimal;
import java.math.BigInteger;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.URI;
import java.net.URL;
import java.nio.ByteBuffer;
import java.nio.charset.Charset;
import java.nio.file.Path;
import java.time.DayOfWeek;
import java.time.Duration;
import java.time.Instant;
import java.time.LocalDate;
import java.time.LocalDateTime;
import java.time.LocalTime;
import java.time.Month;
import java.time.MonthDay;
import java.time.OffsetDateTime;
import java.time.OffsetTime;
import java.time.Period;
import java.time.Year;
import java.time.YearMonth;
import java.time.ZoneId;
import java.time.ZoneOffset;
import java.time.ZonedDateTime;
import java.util.BitSet;
import java.util.Calendar;
import java.util.Currency;
import java.util.Date;
import java.util.Locale;
import java.util.Optional;
import java.util.OptionalDouble;
import java.util.OptionalInt;
import java.util.OptionalLong;
import java.util.TimeZone;
import java.util.UUID;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.atomic.AtomicReference;
import java.util.concurrent.atomic.LongAdder;
import java.util.regex.Pattern;

/** Members of types of the JDK and of Jackson. */
final class MemberShapes {

    private MemberShapes() {}

    @EventType("Decimals")
    record Decimals(BigDecimal value) implements Shape {}

    @EventType("BigIntegers")
    record BigIntegers(BigInteger value) implements Shape {}

    @EventType("Instants")
    record Instants(Instant value) implements Shape {}

    @EventType("LocalDates")
    record LocalDates(LocalDate value, LocalDateTime time, LocalTime ofDay) implements Shape {}

    @EventType("Offsets")
    record Offsets(OffsetDateTime value, OffsetTime time, ZoneOffset offset) implements Shape {}

    @EventType("Zoned")
    record Zoned(ZonedDateTime value) implements Shape {}

    @EventType("Zones")
    record Zones(ZoneId value) implements Shape {}

    @EventType("Years")
    record Years(Year value, YearMonth month, MonthDay day, Month m, DayOfWeek d) implements Shape {}

    @EventType("Durations")
    record Durations(Duration value, Period period, TimeUnit unit) implements Shape {}

    @EventType("Dates")
    record Dates(Date value) implements Shape {}

    @EventType("Calendars")
    record Calendars(Calendar value) implements Shape {}

    @EventType("SqlDates")
    record SqlDates(java.sql.Timestamp value) implements Shape {}

    @EventType("TimeZones")
    record TimeZones(TimeZone value) implements Shape {}

    @EventType("Locales")
    record Locales(Locale value) implements Shape {}

    @EventType("Currencies")
    record Currencies(Currency value) implements Shape {}

    @EventType("Uuids")
    record Uuids(UUID value) implements Shape {}

    @EventType("Uris")
    record Uris(URI value) implements Shape {}

    @EventType("Urls")
    record Urls(URL value) implements Shape {}

    @EventType("Files")
    record Files(File value) implements Shape {}

    @EventType("Paths")
    record Paths(Path value) implements Shape {}

    @EventType("Charsets")
    record Charsets(Charset value) implements Shape {}

    @EventType("Patterns")
    record Patterns(Pattern value) implements Shape {}

    @EventType("Classes")
    record Classes(Class<?> value) implements Shape {}

    @EventType("Addresses")
    record Addresses(InetAddress value) implements Shape {}

    @EventType("Sockets")
    record Sockets(InetSocketAddress value) implements Shape {}

    @EventType("Optionals")
    record Optionals(Optional<String> value) implements Shape {}

    @EventType("OptionalInts")
    record OptionalInts(OptionalInt value) implements Shape {}

    @EventType("OptionalNumbers")
    record OptionalNumbers(OptionalLong value, OptionalDouble d) implements Shape {}

    @EventType("Atomics")
    record Atomics(AtomicInteger i, AtomicLong l, AtomicBoolean z) implements Shape {}

    @EventType("References")
    record References(AtomicReference<String> value) implements Shape {}

    @EventType("Adders")
    record Adders(LongAdder value) implements Shape {}

    @EventType("Builders")
    record Builders(StringBuilder value) implements Shape {}

    @EventType("Sequences")
    record Sequences(CharSequence value) implements Shape {}

    @EventType("BitSets")
    record BitSets(BitSet value) implements Shape {}

    @EventType("Buffers")
    record Buffers(ByteBuffer value) implements Shape {}

    @EventType("Failures")
    record Failures(Exception value) implements Shape {}

    @EventType("Frames")
    record Frames(StackTraceElement value) implements Shape {}

    @EventType("Voids")
    record Voids(Void value, String other) implements Shape {}

    @EventType("Things")
    record Things(Object value) implements Shape {}

    @EventType("Numbers")
    record Numbers(Number value) implements Shape {}

    @EventType("Comparables")
    record Comparables(Comparable<String> value) implements Shape {}

    @EventType("Serializables")
    record Serializables(java.io.Serializable value) implements Shape {}

    @EventType("Nodes")
    record Nodes(JsonNode value) implements Shape {}

    @EventType("ObjectNodes")
    record ObjectNodes(ObjectNode value, ArrayNode array) implements Shape {}

    @EventType("Threads")
    record Threads(Thread value) implements Shape {}

    @EventType("Bytes")
    record Bytes(byte[] value) implements Shape {}

    @EventType("Chars")
    record Chars(char[] value) implements Shape {}

    @EventType("NumberArrays")
    record NumberArrays(int[] i, long[] l, double[] d, float[] f, boolean[] z, short[] s, int[][] ii)
            implements Shape {}

    @EventType("TextArrays")
    record TextArrays(String[] texts, Byte[] bytes, Character[] characters) implements Shape {}

    @EventType("ObjectArrays")
    record ObjectArrays(Object[] values) implements Shape {}
}
