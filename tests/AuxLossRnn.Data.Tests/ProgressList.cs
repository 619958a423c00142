namespace AuxLossRnn.Data.Tests;

/// <summary>Collects reports at once (Progress&lt;T&gt; would post them to another thread) and acts on them.</summary>
internal sealed class ProgressList<TReport>(Action<TReport>? act = null) : IProgress<TReport>
{
    public List<TReport> Reports { get; } = [];

    public void Report(TReport value)
    {
        Reports.Add(value);
        act?.Invoke(value);
    }
}
