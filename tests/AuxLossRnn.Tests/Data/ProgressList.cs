using AuxLossRnn.Data;

namespace AuxLossRnn.Tests.Data;

/// <summary>Collects reports at once (Progress&lt;T&gt; would post them to another thread) and acts on them.</summary>
internal sealed class ProgressList(Action<DownloadProgress>? act = null) : IProgress<DownloadProgress>
{
    public List<DownloadProgress> Reports { get; } = [];

    public void Report(DownloadProgress value)
    {
        Reports.Add(value);
        act?.Invoke(value);
    }
}
