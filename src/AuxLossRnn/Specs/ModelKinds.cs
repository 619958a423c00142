using System.Text.Json;
using AuxLossRnn.Runtime;

namespace AuxLossRnn.Specs;

/// <summary>The models by name.</summary>
public static class ModelKinds
{
    /// <summary>A model's name as specs and figures write it, such as <c>r-lstm</c>.</summary>
    /// <param name="model">The model.</param>
    public static string NameOf(ModelKind model) => JsonSerializer.Serialize(model, KitJson.Line).Trim('"');
}
