using System.Text.Json;
using AuxLossRnn.Runtime;

namespace AuxLossRnn.Training.Runs;

/// <summary>The file <c>metrics.jsonl</c>, a line an object.</summary>
public sealed class MetricsLog : IDisposable
{
    private readonly FileStream _stream;

    /// <summary>Opens it for appending, cut to what a checkpoint knows of.</summary>
    /// <param name="path">The file; made if it is missing.</param>
    /// <param name="length">The length at the checkpoint, in bytes; 0 for a new run.</param>
    public MetricsLog(string path, long length)
    {
        _stream = new FileStream(path, FileMode.OpenOrCreate, FileAccess.Write, FileShare.Read);
        _stream.SetLength(Math.Min(length, _stream.Length)); // never longer: what is missing would be zero bytes
        _stream.Seek(0, SeekOrigin.End);
    }

    /// <summary>Reads its steps or its evaluations, in order; none where there is no file.</summary>
    /// <param name="path">The file.</param>
    /// <param name="isEvaluation">Which of the two.</param>
    /// <typeparam name="TMetrics">Their type.</typeparam>
    /// <exception cref="UserException">A line is damaged.</exception>
    public static IReadOnlyList<TMetrics> Read<TMetrics>(string path, bool isEvaluation)
    {
        if (!File.Exists(path))
        {
            return [];
        }

        // A run may be writing the last line.
        using var stream = new FileStream(path, FileMode.Open, FileAccess.Read, FileShare.ReadWrite);
        using var reader = new StreamReader(stream);
        string text = reader.ReadToEnd();
        try
        {
            return [.. text[..(text.LastIndexOf('\n') + 1)].Split('\n', StringSplitOptions.RemoveEmptyEntries)
                .Where(line => line.Contains("\"split\":", StringComparison.Ordinal) == isEvaluation)
                .Select(line => JsonSerializer.Deserialize<TMetrics>(line, KitJson.Line) ?? throw new JsonException("a line holds null."))];
        }
        catch (JsonException failure)
        {
            throw new UserException($"{path} is not of this version of the kit: {failure.Message}", failure);
        }
    }

    /// <summary>Writes a line.</summary>
    /// <param name="line">The object.</param>
    /// <typeparam name="TLine">Its type.</typeparam>
    /// <returns>The file's length, in bytes.</returns>
    public long Write<TLine>(TLine line)
    {
        _stream.Write([.. JsonSerializer.SerializeToUtf8Bytes(line, KitJson.Line), (byte)'\n']);
        _stream.Flush();
        return _stream.Length;
    }

    /// <inheritdoc/>
    public void Dispose() => _stream.Dispose();
}
