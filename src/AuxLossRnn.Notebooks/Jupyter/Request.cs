using System.Text.Json;

namespace AuxLossRnn.Notebooks.Jupyter;

/// <summary>A message that came in.</summary>
/// <param name="Identities">Whom the answer goes to.</param>
/// <param name="Header">Its header, in JSON: the answers' parent.</param>
/// <param name="Type">Its type.</param>
/// <param name="Content">Its content.</param>
internal sealed record Request(IReadOnlyList<byte[]> Identities, byte[] Header, string Type, JsonElement Content)
{
    /// <summary>Its place among all that came over the same socket.</summary>
    internal long Number { get; init; }

    internal string Text(string name, string missing = "") => Find(name) is { } value ? value.GetString() ?? missing : missing;

    internal bool Flag(string name, bool missing) => Find(name) is { } value ? value.GetBoolean() : missing;

    internal int? Whole(string name) => Find(name)?.GetInt32();

    internal IReadOnlyList<(string Name, string Text)> Texts(string name) =>
        Find(name) is { } values ? [.. values.EnumerateObject().Select(value => (value.Name, value.Value.GetString() ?? ""))] : [];

    private JsonElement? Find(string name) =>
        Content.ValueKind == JsonValueKind.Object && Content.TryGetProperty(name, out JsonElement value) && value.ValueKind != JsonValueKind.Null
            ? value
            : null;
}
