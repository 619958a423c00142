using System.Globalization;
using AuxLossRnn.Runtime;

namespace AuxLossRnn.Data;

/// <summary>What a file of the UCR and UEA archives holds, filled case by case.</summary>
/// <param name="file">What errors call the file.</param>
/// <param name="mostBytes">The most memory for all values; null for half of what the machine has.</param>
internal sealed class ArchiveCases(string file, long? mostBytes)
{
    private readonly ValueBuffer _values = new(file, mostBytes);
    private readonly List<int> _lengths = [];
    private readonly List<string?> _labels = [];

    /// <summary>The channels of a case, empty until the first is added.</summary>
    public List<double>[] Channels { get; private set; } = [];

    /// <summary>The length of each sequence.</summary>
    public IReadOnlyList<int> Lengths => _lengths;

    /// <summary>The class of each sequence.</summary>
    public IReadOnlyList<string?> Labels => _labels;

    /// <summary>All values, step by step.</summary>
    public double[] Values() => _values.ToArray();

    /// <summary>Makes room for the next case.</summary>
    /// <param name="channels">How many channels it has.</param>
    public void Begin(int channels)
    {
        if (Channels.Length != channels)
        {
            Channels = [.. Enumerable.Range(0, channels).Select(_ => new List<double>())];
        }

        foreach (List<double> channel in Channels)
        {
            channel.Clear();
        }
    }

    /// <summary>Takes the case in <see cref="Channels"/>, all of one length.</summary>
    /// <param name="steps">How many of its steps.</param>
    /// <param name="label">Its class; null without.</param>
    /// <exception cref="UserException">There are more values than memory was allowed for.</exception>
    public void End(int steps, string? label)
    {
        for (int t = 0; t < steps; t++)
        {
            foreach (List<double> channel in Channels)
            {
                _values.Add(channel[t]);
            }
        }

        _lengths.Add(steps);
        _labels.Add(label);
    }

    /// <summary>A value, or NaN for a missing one.</summary>
    /// <param name="text">What is written.</param>
    /// <param name="value">The value.</param>
    /// <returns>False where it is neither.</returns>
    public static bool TryValue(ReadOnlySpan<char> text, out double value)
    {
        text = text.Trim();
        if (text is "?")
        {
            value = double.NaN;
            return true;
        }

        return double.TryParse(text, NumberStyles.Float, CultureInfo.InvariantCulture, out value) && !double.IsInfinity(value);
    }
}
