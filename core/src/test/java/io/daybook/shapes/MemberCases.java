package io.daybook.shapes;

import static io.daybook.shapes.ShapeCase.of;

import com.fasterxml.jackson.databind.node.BigIntegerNode;
import com.fasterxml.jackson.databind.node.BinaryNode;
import com.fasterxml.jackson.databind.node.DecimalNode;
import com.fasterxml.jackson.databind.node.DoubleNode;
import com.fasterxml.jackson.databind.node.FloatNode;
import com.fasterxml.jackson.databind.node.IntNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.LongNode;
import com.fasterxml.jackson.databind.node.MissingNode;
import com.fasterxml.jackson.databind.node.NullNode;
import com.fasterxml.jackson.databind.node.POJONode;
import com.fasterxml.jackson.databind.node.TextNode;
import io.daybook.shapes.MemberShapes.*;
import io.daybook.shapes.RecordShapes.Point;
import java.io.File;
import java.math.BigDecimal;
import java.math.BigInteger;
import java.net.MalformedURLException;
import java.net.URI;
import java.net.URL;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
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
import java.util.Currency;
import java.util.Date;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalDouble;
import java.util.OptionalInt;
import java.util.OptionalLong;
import java.util.SimpleTimeZone;
import java.util.TimeZone;
import java.util.UUID;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.atomic.AtomicReference;

/** The cases of {@link MemberShapes}. */
final class MemberCases {

    private static final JsonNodeFactory JSON = new JsonNodeFactory(true);
    private static final ZonedDateTime LATER = ZonedDateTime.of(2026, 10, 25, 2, 30, 0, 7, ZoneId.of("Europe/Berlin"))
            .withLaterOffsetAtOverlap();

    private MemberCases() {}

    static URL url(String text) {
        try {
            return URI.create(text).toURL();
        } catch (MalformedURLException e) {
            throw new IllegalStateException(e);
        }
    }

    static List<ShapeCase> all() {
        return List.of(
                of(
                        Decimals.class,
                        () -> new Decimals(new BigDecimal("10.00")),
                        () -> new Decimals(new BigDecimal("10.0")),
                        () -> new Decimals(new BigDecimal("1E+3")),
                        () -> new Decimals(new BigDecimal("0E-10")),
                        () -> new Decimals(new BigDecimal("1E-1000")),
                        () -> new Decimals(new BigDecimal("1E-5000")),
                        () -> new Decimals(new BigDecimal("9".repeat(1001))),
                        () -> new Decimals(null)),
                of(
                        BigIntegers.class,
                        () -> new BigIntegers(BigInteger.valueOf((1L << 53) + 1)),
                        () -> new BigIntegers(BigInteger.ONE.shiftLeft(64).negate()),
                        () -> new BigIntegers(BigInteger.ONE.shiftLeft(3000)),
                        () -> new BigIntegers(BigInteger.ONE.shiftLeft(5000)),
                        () -> new BigIntegers(BigInteger.ZERO)),
                of(
                        Instants.class,
                        () -> new Instants(RecordShapes.AT),
                        () -> new Instants(Instant.MIN),
                        () -> new Instants(Instant.MAX),
                        () -> new Instants(Instant.parse("-0001-01-01T00:00:00Z")),
                        () -> new Instants(null)),
                of(
                        LocalDates.class,
                        () -> new LocalDates(LocalDate.MIN, LocalDateTime.MAX, LocalTime.MAX),
                        () -> new LocalDates(
                                LocalDate.of(2024, 2, 29), LocalDateTime.of(2026, 1, 1, 0, 0), LocalTime.MIDNIGHT),
                        () -> new LocalDates(null, null, LocalTime.of(1, 2, 3, 4))),
                of(
                        Offsets.class,
                        () -> new Offsets(OffsetDateTime.MAX, OffsetTime.MIN, ZoneOffset.MAX),
                        () -> new Offsets(
                                OffsetDateTime.of(2026, 1, 1, 0, 0, 0, 1, ZoneOffset.ofHoursMinutesSeconds(1, 2, 3)),
                                OffsetTime.MAX,
                                ZoneOffset.UTC),
                        () -> new Offsets(
                                OffsetDateTime.of(2026, 1, 1, 0, 0, 0, 0, ZoneOffset.ofHours(0)), null, null)),
                of(
                        Zoned.class,
                        () -> new Zoned(LATER),
                        () -> new Zoned(LATER.withEarlierOffsetAtOverlap()),
                        () -> new Zoned(LATER.withZoneSameInstant(ZoneId.of("UTC"))),
                        () -> new Zoned(LATER.withZoneSameInstant(ZoneOffset.UTC)),
                        () -> new Zoned(LATER.withZoneSameInstant(ZoneId.of("GMT+2"))),
                        () -> new Zoned(LATER.withZoneSameInstant(ZoneOffset.ofHours(2)))),
                of(
                        Zones.class,
                        () -> new Zones(ZoneId.of("Europe/Berlin")),
                        () -> new Zones(ZoneOffset.UTC),
                        () -> new Zones(ZoneId.of("UTC")),
                        () -> new Zones(ZoneId.of("GMT")),
                        () -> new Zones(ZoneId.of("UTC+01:00"))),
                of(
                        Years.class,
                        () -> new Years(
                                Year.of(-1), YearMonth.of(-1, 1), MonthDay.of(2, 29), Month.MAY, DayOfWeek.SUNDAY),
                        () -> new Years(Year.of(Year.MAX_VALUE), YearMonth.of(Year.MAX_VALUE, 12), null, null, null),
                        () -> new Years(Year.of(2026), YearMonth.of(12345, 1), null, null, null)),
                of(
                        Durations.class,
                        () -> new Durations(
                                Duration.ofSeconds(Long.MAX_VALUE, 999_999_999),
                                Period.of(Integer.MAX_VALUE, 1, -1),
                                TimeUnit.DAYS),
                        () -> new Durations(
                                Duration.ofSeconds(Long.MIN_VALUE), Period.of(0, 13, 400), TimeUnit.NANOSECONDS),
                        () -> new Durations(Duration.ofNanos(-1), Period.ZERO, null),
                        () -> new Durations(null, null, null)),
                of(
                        Dates.class,
                        () -> new Dates(new Date(1)),
                        () -> new Dates(new Date(Long.MAX_VALUE)),
                        () -> new Dates(new Date(Long.MIN_VALUE)),
                        () -> new Dates(new Date(-62135769600001L)),
                        () -> new Dates(new java.sql.Timestamp(5))),
                of(Calendars.class, () -> new Calendars(null)),
                of(SqlDates.class, () -> new SqlDates(null)),
                of(
                        TimeZones.class,
                        () -> new TimeZones(TimeZone.getTimeZone("Europe/Berlin")),
                        () -> new TimeZones(TimeZone.getTimeZone("GMT+01:30")),
                        () -> new TimeZones(new SimpleTimeZone(1234, "Mine"))),
                of(
                        Locales.class,
                        () -> new Locales(Locale.GERMANY),
                        () -> new Locales(Locale.ROOT),
                        () -> new Locales(Locale.forLanguageTag("zh-Hant-TW")),
                        () -> new Locales(Locale.forLanguageTag("de-DE-u-co-phonebk")),
                        () -> new Locales(Locale.forLanguageTag("sl-rozaj-biske")),
                        () -> new Locales(new Locale.Builder().setScript("Latn").build()),
                        () -> new Locales(Locale.forLanguageTag("x-mine")),
                        () -> new Locales(new Locale("", "DE")),
                        () -> new Locales(new Locale("no", "NO", "NY")),
                        () -> new Locales(new Locale("th", "TH", "TH")),
                        () -> new Locales(null)),
                of(
                        Currencies.class,
                        () -> new Currencies(Currency.getInstance("EUR")),
                        () -> new Currencies(Currency.getInstance("XXX"))),
                of(Uuids.class, () -> new Uuids(new UUID(0, 0)), () -> new Uuids(new UUID(-1, -1))),
                of(
                        Uris.class,
                        () -> new Uris(URI.create("http://ex.com/ä?q=%20#x")),
                        () -> new Uris(URI.create("")),
                        () -> new Uris(URI.create("urn:x:y")),
                        () -> new Uris(URI.create("a/../b"))),
                of(Urls.class, () -> new Urls(url("https://example.com/a?b#c"))),
                of(
                        Files.class,
                        () -> new Files(new File("a/b")),
                        () -> new Files(new File("/a/../b")),
                        () -> new Files(new File(""))),
                of(
                        Paths.class,
                        () -> new Paths(Path.of("a/b")),
                        () -> new Paths(Path.of("/a b/ü")),
                        () -> new Paths(Path.of(""))),
                of(
                        Charsets.class,
                        () -> new Charsets(StandardCharsets.UTF_8),
                        () -> new Charsets(StandardCharsets.ISO_8859_1)),
                of(Patterns.class, () -> new Patterns(null)),
                of(Classes.class, () -> new Classes(String.class)),
                of(Addresses.class, () -> new Addresses(null)),
                of(Sockets.class, () -> new Sockets(null)),
                of(
                        Optionals.class,
                        () -> new Optionals(Optional.of("a")),
                        () -> new Optionals(Optional.of("b")),
                        () -> new Optionals(Optional.empty())),
                of(
                        OptionalInts.class,
                        () -> new OptionalInts(OptionalInt.of(1)),
                        () -> new OptionalInts(OptionalInt.of(0)),
                        () -> new OptionalInts(OptionalInt.empty())),
                of(
                        OptionalNumbers.class,
                        () -> new OptionalNumbers(OptionalLong.of(0), OptionalDouble.of(0)),
                        () -> new OptionalNumbers(OptionalLong.empty(), OptionalDouble.empty()),
                        () -> new OptionalNumbers(OptionalLong.of(Long.MAX_VALUE), OptionalDouble.of(1)),
                        () -> new OptionalNumbers(OptionalLong.of(Long.MAX_VALUE - 1), OptionalDouble.of(1))),
                of(
                        Atomics.class,
                        () -> new Atomics(
                                new AtomicInteger(1), new AtomicLong(Long.MAX_VALUE), new AtomicBoolean(true)),
                        () -> new Atomics(
                                new AtomicInteger(1), new AtomicLong(Long.MAX_VALUE - 1), new AtomicBoolean(false)),
                        () -> new Atomics(null, null, null)),
                of(
                        References.class,
                        () -> new References(new AtomicReference<>("a")),
                        () -> new References(new AtomicReference<>(null)),
                        () -> new References(null)),
                of(Adders.class, () -> new Adders(null)),
                of(Builders.class, () -> new Builders(new StringBuilder("a")), () -> new Builders(new StringBuilder())),
                of(Sequences.class, () -> new Sequences("a"), () -> new Sequences(new StringBuilder("a"))),
                of(BitSets.class, () -> new BitSets(BitSet.valueOf(new long[] {5})), () -> new BitSets(new BitSet())),
                of(
                        Buffers.class,
                        () -> new Buffers(ByteBuffer.wrap(new byte[] {1, 2})),
                        () -> new Buffers(ByteBuffer.wrap(new byte[0]))),
                of(Failures.class, () -> new Failures(null)),
                of(Frames.class, () -> new Frames(new StackTraceElement("a", "b", "c", 1))),
                of(Voids.class, () -> new Voids(null, "a")),
                of(
                        Things.class,
                        () -> new Things("a"),
                        () -> new Things(1),
                        () -> new Things(1L),
                        () -> new Things(Long.MAX_VALUE),
                        () -> new Things(1.5),
                        () -> new Things(1.0),
                        () -> new Things(new BigDecimal("1.50")),
                        () -> new Things(List.of(1, "a", Map.of("b", true))),
                        () -> new Things(new Point(1, 2)),
                        () -> new Things(new Date(0)),
                        () -> new Things(new byte[] {1}),
                        () -> new Things('c'),
                        () -> new Things(null),
                        () -> new Things(Thread.State.NEW),
                        () -> new Things(BigInteger.TWO.pow(70)),
                        () -> new Things((short) 1),
                        () -> new Things(1f)),
                of(
                        Numbers.class,
                        () -> new Numbers(1),
                        () -> new Numbers(1L),
                        () -> new Numbers(1.5),
                        () -> new Numbers(1.0),
                        () -> new Numbers(new BigDecimal("1.5")),
                        () -> new Numbers(new BigDecimal("1.50")),
                        () -> new Numbers(Long.MAX_VALUE),
                        () -> new Numbers(new AtomicInteger(1)),
                        () -> new Numbers(Double.NaN)),
                of(Comparables.class, () -> new Comparables("a")),
                of(
                        Serializables.class,
                        () -> new Serializables("a"),
                        () -> new Serializables(1),
                        () -> new Serializables(new Date(1))),
                of(
                        Nodes.class,
                        () -> new Nodes(JSON.objectNode().put("a", 1).put("", "x")),
                        () -> new Nodes(JSON.objectNode().put("10", 1).put("9", 2)),
                        () -> new Nodes(NullNode.instance),
                        () -> new Nodes(null),
                        () -> new Nodes(MissingNode.getInstance()),
                        () -> new Nodes(DecimalNode.valueOf(new BigDecimal("1.0"))),
                        () -> new Nodes(DecimalNode.valueOf(new BigDecimal("1.5"))),
                        () -> new Nodes(DecimalNode.valueOf(new BigDecimal("1.50"))),
                        () -> new Nodes(DoubleNode.valueOf(1.0)),
                        () -> new Nodes(DoubleNode.valueOf(1.5)),
                        () -> new Nodes(DoubleNode.valueOf(1e300)),
                        () -> new Nodes(DoubleNode.valueOf(-0.0)),
                        () -> new Nodes(DecimalNode.valueOf(new BigDecimal("1E+2"))),
                        () -> new Nodes(DecimalNode.valueOf(new BigDecimal("1E+30"))),
                        () -> new Nodes(FloatNode.valueOf(1.5f)),
                        () -> new Nodes(LongNode.valueOf(5)),
                        () -> new Nodes(LongNode.valueOf(1L << 53)),
                        () -> new Nodes(LongNode.valueOf((1L << 53) + 1)),
                        () -> new Nodes(BigIntegerNode.valueOf(BigInteger.TWO.pow(80))),
                        () -> new Nodes(BigIntegerNode.valueOf(BigInteger.TEN.pow(22))),
                        () -> new Nodes(BigIntegerNode.valueOf(BigInteger.TEN.pow(20))),
                        () -> new Nodes(BigIntegerNode.valueOf(BigInteger.TEN)),
                        () -> new Nodes(IntNode.valueOf(5)),
                        () -> new Nodes(BinaryNode.valueOf(new byte[] {1})),
                        () -> new Nodes(new POJONode(new Point(1, 2))),
                        () -> new Nodes(TextNode.valueOf("\ud800")),
                        () -> new Nodes(DoubleNode.valueOf(Double.NaN))),
                of(
                        ObjectNodes.class,
                        () -> new ObjectNodes(
                                JSON.objectNode().put("a", 0.1),
                                JSON.arrayNode().add(1).addNull()),
                        () -> new ObjectNodes(null, null),
                        () -> new ObjectNodes(JSON.objectNode(), JSON.arrayNode())),
                of(Threads.class, () -> new Threads(null)),
                of(
                        Bytes.class,
                        () -> new Bytes(new byte[] {0, -1, 127}),
                        () -> new Bytes(new byte[0]),
                        () -> new Bytes(null)),
                of(
                        Chars.class,
                        () -> new Chars("aé😀".toCharArray()),
                        () -> new Chars(new char[0]),
                        () -> new Chars(new char[] {'\ud800'}),
                        () -> new Chars(null)),
                of(
                        NumberArrays.class,
                        () -> new NumberArrays(
                                new int[] {1},
                                new long[] {Long.MAX_VALUE, 1},
                                new double[] {Double.NaN, 0.1},
                                new float[] {1.1f, Float.NEGATIVE_INFINITY},
                                new boolean[] {true},
                                new short[] {-1},
                                new int[][] {{1}, {}, null}),
                        () -> new NumberArrays(null, null, null, null, null, null, null),
                        () -> new NumberArrays(null, null, new double[] {-0.0, 1e21}, null, null, null, null)),
                of(
                        TextArrays.class,
                        () -> new TextArrays(
                                new String[] {"a", null, ""}, new Byte[] {1, null}, new Character[] {'a', null}),
                        () -> new TextArrays(new String[0], new Byte[0], new Character[0])),
                of(
                        ObjectArrays.class,
                        () -> new ObjectArrays(new Object[] {"a", 1, null}),
                        () -> new ObjectArrays(new Object[] {1L}),
                        () -> new ObjectArrays(new String[] {"a"})));
    }
}
