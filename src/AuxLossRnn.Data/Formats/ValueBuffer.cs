using System.Globalization;
using AuxLossRnn.Runtime;

namespace AuxLossRnn.Data;

/// <summary>Values as they are read, in memory that does not exceed what was allowed.</summary>
/// <param name="file">What errors call the file.</param>
/// <param name="mostBytes">The most memory for all values; null for half of what the machine has.</param>
internal sealed class ValueBuffer(string file, long? mostBytes = null)
{
    private const int Chunk = 1 << 16; // values: 512 KB

    private readonly long _most = Math.Min(Array.MaxLength, Bytes(mostBytes) / sizeof(double) / 2); // at the end they are there twice
    private readonly List<double[]> _full = [];
    private double[] _open = new double[Chunk];
    private int _filled;

    /// <summary>The number of values.</summary>
    public long Count => (long)_full.Count * Chunk + _filled;

    /// <summary>Adds a value.</summary>
    /// <exception cref="UserException">There are more than memory was allowed for.</exception>
    public void Add(double value)
    {
        if (_filled == Chunk)
        {
            Require(Count + Chunk);
            _full.Add(_open);
            (_open, _filled) = (new double[Chunk], 0);
        }

        _open[_filled++] = value;
    }

    /// <summary>Adds values.</summary>
    /// <exception cref="UserException">There are more than memory was allowed for.</exception>
    public void AddRange(IEnumerable<double> values)
    {
        foreach (double value in values)
        {
            Add(value);
        }
    }

    /// <summary>Refuses a number of values that memory is not allowed for.</summary>
    public void Require(long count)
    {
        if (count > _most)
        {
            string most = string.Create(CultureInfo.InvariantCulture, $"{_most:N0} values that fit into the memory allowed for them ({2.0 * _most * sizeof(double) / (1 << 30):0.0} GB)");
            throw new UserException($"'{file}' holds more than the {most}. Give a part of its sequences or every second step, or allow more memory: ‹MemoryBytes›.");
        }
    }

    /// <summary>All values, one after the other.</summary>
    public double[] ToArray()
    {
        Require(Count);
        double[] all = new double[Count];
        int at = 0;
        foreach (double[] chunk in _full)
        {
            chunk.CopyTo(all, at);
            at += Chunk;
        }

        _open.AsSpan(0, _filled).CopyTo(all.AsSpan(at));
        return all;
    }

    private static long Bytes(long? most) => most ?? GC.GetGCMemoryInfo().TotalAvailableMemoryBytes / 2;
}
