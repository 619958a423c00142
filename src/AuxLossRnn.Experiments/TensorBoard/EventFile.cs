using System.Buffers.Binary;
using System.Numerics;
using Google.Protobuf;
using Tensorboard;

namespace AuxLossRnn.Experiments.TensorBoard;

/// <summary>An event file as TensorBoard reads it: one record after the other, each complete on disk when the call returns.</summary>
/// <remarks>
/// The messages are TorchSharp's. Its writer of files is not used: it writes no time that TensorBoard understands, keeps others from reading while it
/// writes, and cannot say that a run goes on from an earlier step.
/// </remarks>
internal sealed class EventFile : IDisposable
{
    private readonly FileStream _stream;
    private readonly TimeProvider _time;

    /// <summary>Begins a file.</summary>
    /// <param name="folder">Where to; made if it is missing.</param>
    /// <param name="step">The first step that is written. TensorBoard forgets what earlier files of the folder say of it and of later ones.</param>
    /// <param name="time">The clock.</param>
    public EventFile(string folder, int step, TimeProvider time)
    {
        _time = time;
        Directory.CreateDirectory(folder);

        // TensorBoard reads a folder's files in the order of their names.
        string name = $"events.out.tfevents.{time.GetUtcNow().ToUnixTimeMilliseconds()}";
        string path = Enumerable.Range(0, int.MaxValue).Select(n => Path.Combine(folder, $"{name}.{n}")).First(path => !File.Exists(path));
        _stream = new FileStream(path, FileMode.CreateNew, FileAccess.Write, FileShare.Read | FileShare.Delete);
        Write(new Event { FileVersion = "brain.Event:2" });
        Write(new Event { Step = step, SessionLog = new SessionLog { Status = SessionLog.Types.SessionStatus.Start } });
    }

    /// <summary>Adds a point to some curves.</summary>
    /// <param name="step">The steps done.</param>
    /// <param name="values">The curves' names and values; one without a value is left out.</param>
    public void Scalars(int step, params IEnumerable<(string Tag, double? Value)> values)
    {
        var summary = new Summary();
        summary.Value.AddRange(values.Where(one => one.Value is not null).Select(one => new Summary.Types.Value { Tag = one.Tag, SimpleValue = (float)one.Value! }));
        Write(new Event { Step = step, Summary = summary });
    }

    /// <summary>Adds a picture.</summary>
    /// <param name="step">The steps done.</param>
    /// <param name="tag">What it shows.</param>
    /// <param name="picture">The picture.</param>
    public void Picture(int step, string tag, Png picture)
    {
        var image = new Summary.Types.Image
        {
            Width = picture.Width,
            Height = picture.Height,
            Colorspace = 4, // RGBA
            EncodedImageString = ByteString.CopyFrom(picture.Bytes),
        };
        var summary = new Summary();
        summary.Value.Add(new Summary.Types.Value { Tag = tag, Image = image });
        Write(new Event { Step = step, Summary = summary });
    }

    // A record is its length (8 bytes), the length's checksum (4), the message, and the message's checksum (4), all little-endian.
    private void Write(Event entry)
    {
        entry.WallTime = _time.GetUtcNow().ToUnixTimeMilliseconds() / 1000.0;
        byte[] message = entry.ToByteArray();
        byte[] record = new byte[message.Length + 16];
        BinaryPrimitives.WriteInt64LittleEndian(record, message.Length);
        BinaryPrimitives.WriteUInt32LittleEndian(record.AsSpan(8), Masked(record.AsSpan(0, 8)));
        message.CopyTo(record.AsSpan(12));
        BinaryPrimitives.WriteUInt32LittleEndian(record.AsSpan(12 + message.Length), Masked(message));
        _stream.Write(record);
        _stream.Flush();
    }

    /// <summary>CRC-32C, turned and shifted so that a checksum of data with checksums in it is none of itself.</summary>
    private static uint Masked(ReadOnlySpan<byte> bytes)
    {
        uint crc = uint.MaxValue;
        foreach (byte one in bytes)
        {
            crc = BitOperations.Crc32C(crc, one);
        }

        return BitOperations.RotateRight(~crc, 15) + 0xa282ead8;
    }

    /// <inheritdoc/>
    public void Dispose() => _stream.Dispose();
}
