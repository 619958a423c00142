using AuxLossRnn.Notebooks.Session;

namespace AuxLossRnn.Notebooks.Interactive;

/// <summary>A value on the page.</summary>
public sealed class DisplayedValue
{
    private readonly CellContext _cell;

    internal DisplayedValue(CellContext cell, string id) => (_cell, Id) = (cell, id);

    internal string Id { get; }

    /// <summary>Shows another value in this one's place, also from a later cell.</summary>
    /// <param name="value">The new value.</param>
    public void Update(object? value) => (CellContext.Current ?? _cell).Output.Update(ValueFormats.Of(value), Id);
}
