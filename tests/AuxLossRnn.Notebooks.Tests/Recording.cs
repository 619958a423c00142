using System.Text;
using AuxLossRnn.Notebooks.Session;

// The console and the working directory are the process's.
[assembly: Xunit.v3.Parallelization(Mode = Xunit.Sdk.ParallelMode.None)]

namespace AuxLossRnn.Notebooks.Tests;

/// <summary>Keeps what a cell shows, in order.</summary>
internal sealed class Recording : ICellOutput
{
    private readonly StringBuilder _out = new();
    private readonly StringBuilder _error = new();

    public List<string> Events { get; } = [];

    public List<(MimeBundle Value, string? Id)> Displays { get; } = [];

    public List<(MimeBundle Value, string Id)> Updates { get; } = [];

    public MimeBundle? Value { get; private set; }

    public string Out => _out.ToString();

    public string Error => _error.ToString();

    public Action<string>? Written { get; init; }

    public void Write(bool error, string text)
    {
        (error ? _error : _out).Append(text);
        Events.Add($"write {text}");
        Written?.Invoke(text);
    }

    public void Display(MimeBundle value, string? displayId)
    {
        Displays.Add((value, displayId));
        Events.Add($"display {value.Formats["text/plain"]}");
    }

    public void Update(MimeBundle value, string displayId)
    {
        Updates.Add((value, displayId));
        Events.Add($"update {value.Formats["text/plain"]}");
    }

    public void Result(MimeBundle value)
    {
        Value = value;
        Events.Add($"result {value.Formats["text/plain"]}");
    }
}
