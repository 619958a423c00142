using System.Buffers.Binary;
using System.Text;

namespace AuxLossRnn.Experiments.Tests.TensorBoard;

/// <summary>One event as an event file holds it.</summary>
internal sealed record EventRecord(double WallTime, long Step, string? FileVersion, int? SessionStatus, IReadOnlyList<EventValue> Values);

/// <summary>A number or a picture under a tag.</summary>
internal sealed record EventValue(string Tag, float? Number, byte[]? Picture, int Width, int Height);

/// <summary>Reads event files by the description of their format alone, without any library: records, checksums, and the fields of the messages.</summary>
internal static class EventRecords
{
    public static IReadOnlyList<EventRecord> Read(string path)
    {
        byte[] file = ReadShared(path);
        var events = new List<EventRecord>();
        for (int at = 0; at < file.Length;)
        {
            int length = checked((int)BinaryPrimitives.ReadUInt64LittleEndian(file.AsSpan(at)));
            Assert.Equal(Masked(file.AsSpan(at, 8)), BinaryPrimitives.ReadUInt32LittleEndian(file.AsSpan(at + 8)));
            Assert.Equal(Masked(file.AsSpan(at + 12, length)), BinaryPrimitives.ReadUInt32LittleEndian(file.AsSpan(at + 12 + length)));
            events.Add(Event(file.AsSpan(at + 12, length)));
            at += length + 16;
        }

        return events;
    }

    /// <summary>CRC-32C bit by bit, by its polynomial; then masked as the records ask for.</summary>
    public static uint Masked(ReadOnlySpan<byte> bytes)
    {
        uint crc = 0xffffffff;
        foreach (byte one in bytes)
        {
            crc ^= one;
            for (int bit = 0; bit < 8; bit++)
            {
                crc = (crc & 1) == 1 ? crc >> 1 ^ 0x82f63b78 : crc >> 1;
            }
        }

        crc = ~crc;
        return unchecked((crc >> 15 | crc << 17) + 0xa282ead8);
    }

    // As TensorBoard does, while the run writes.
    private static byte[] ReadShared(string path)
    {
        using var stream = new FileStream(path, FileMode.Open, FileAccess.Read, FileShare.ReadWrite);
        byte[] file = new byte[stream.Length];
        stream.ReadExactly(file);
        return file;
    }

    // Event: 1 wall_time, 2 step, 3 file_version, 5 summary, 7 session_log.
    private static EventRecord Event(ReadOnlySpan<byte> message)
    {
        var found = new EventRecord(0, 0, null, null, []);
        foreach ((int field, byte[] bytes, ulong number) in Fields(message))
        {
            found = field switch
            {
                1 => found with { WallTime = BitConverter.UInt64BitsToDouble(number) },
                2 => found with { Step = (long)number },
                3 => found with { FileVersion = Encoding.UTF8.GetString(bytes) },
                5 => found with { Values = [.. Fields(bytes).Where(value => value.Field == 1).Select(value => Value(value.Bytes))] },
                7 => found with { SessionStatus = (int)Fields(bytes).Single(status => status.Field == 1).Number },
                _ => throw new InvalidDataException($"field {field} of an event"),
            };
        }

        return found;
    }

    // Value: 1 tag, 2 simple_value, 4 image. Image: 1 height, 2 width, 3 colorspace, 4 encoded_image_string.
    private static EventValue Value(byte[] message)
    {
        var found = new EventValue("", null, null, 0, 0);
        foreach ((int field, byte[] bytes, ulong number) in Fields(message))
        {
            var image = field == 4 ? Fields(bytes) : [];
            found = field switch
            {
                1 => found with { Tag = Encoding.UTF8.GetString(bytes) },
                2 => found with { Number = BitConverter.UInt32BitsToSingle((uint)number) },
                4 => found with
                {
                    Height = (int)image.Single(one => one.Field == 1).Number,
                    Width = (int)image.Single(one => one.Field == 2).Number,
                    Picture = image.Single(one => one.Field == 4).Bytes,
                },
                _ => throw new InvalidDataException($"field {field} of a value"),
            };
        }

        return found;
    }

    private static List<(int Field, byte[] Bytes, ulong Number)> Fields(ReadOnlySpan<byte> message)
    {
        var fields = new List<(int, byte[], ulong)>();
        for (int at = 0; at < message.Length;)
        {
            (int field, int wire) = Math.DivRem((int)Varint(message, ref at), 8);
            switch (wire)
            {
                case 0:
                    fields.Add((field, [], Varint(message, ref at)));
                    break;
                case 1:
                    fields.Add((field, [], BinaryPrimitives.ReadUInt64LittleEndian(message[at..])));
                    at += 8;
                    break;
                case 2:
                    int length = (int)Varint(message, ref at);
                    fields.Add((field, message.Slice(at, length).ToArray(), 0));
                    at += length;
                    break;
                case 5:
                    fields.Add((field, [], BinaryPrimitives.ReadUInt32LittleEndian(message[at..])));
                    at += 4;
                    break;
                default:
                    throw new InvalidDataException($"wire type {wire}");
            }
        }

        return fields;
    }

    private static ulong Varint(ReadOnlySpan<byte> message, ref int at)
    {
        ulong value = 0;
        for (int shift = 0; ; shift += 7)
        {
            byte one = message[at++];
            value |= (ulong)(one & 0x7f) << shift;
            if (one < 0x80)
            {
                return value;
            }
        }
    }
}
