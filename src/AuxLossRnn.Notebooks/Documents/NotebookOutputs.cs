using System.Text.Json.Nodes;

namespace AuxLossRnn.Notebooks.Documents;

/// <summary>The outputs of one run of a notebook.</summary>
/// <remarks>
/// A thread that a cell leaves behind prints on while later cells run and while the notebook is written: all of a run's
/// outputs have one lock, and are closed before the last reader.
/// </remarks>
public sealed class NotebookOutputs
{
    private readonly Lock _gate = new();
    private readonly Dictionary<string, List<JsonObject>> _displays = [];
    private bool _changed;
    private bool _closed;

    /// <summary>Takes what a cell shows.</summary>
    /// <param name="cell">The cell; its outputs grow.</param>
    /// <param name="executionCount">Its execution count.</param>
    public OutputCollector Of(NotebookCell cell, int executionCount)
    {
        ArgumentNullException.ThrowIfNull(cell);
        return new OutputCollector(this, cell.Outputs, executionCount);
    }

    /// <summary>The notebook's text, while nothing is added to it; null if nothing was since the last time.</summary>
    /// <param name="notebook">The notebook.</param>
    public string? TextIfChanged(NotebookDocument notebook)
    {
        ArgumentNullException.ThrowIfNull(notebook);
        lock (_gate)
        {
            bool changed = _changed;
            _changed = false;
            return changed ? notebook.ToJson() : null;
        }
    }

    /// <summary>Takes nothing any more: what is shown from now on is lost.</summary>
    public void Close()
    {
        lock (_gate)
        {
            _closed = true;
        }
    }

    internal void Change(Action change)
    {
        lock (_gate)
        {
            if (!_closed)
            {
                change();
                _changed = true;
            }
        }
    }

    // Later cells may update a displayed value: it is found by its name in the whole notebook.
    internal void Remember(JsonObject shown, string? displayId)
    {
        if (displayId is not null)
        {
            if (!_displays.TryGetValue(displayId, out List<JsonObject>? all))
            {
                _displays[displayId] = all = [];
            }

            all.Add(shown);
        }
    }

    internal IReadOnlyList<JsonObject> Displayed(string displayId) => _displays.TryGetValue(displayId, out List<JsonObject>? all) ? all : [];
}
