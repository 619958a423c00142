using System.Globalization;
using System.Text.Json;
using System.Text.Json.Serialization;

namespace AuxLossRnn.Notebooks.Polyglot;

/// <summary>Writes values of a type, and of those derived from it, as JSON wherever they stand in another value.</summary>
/// <typeparam name="T">The type.</typeparam>
/// <param name="write">Writes one.</param>
internal sealed class JsonWriter<T>(Action<Utf8JsonWriter, T, JsonSerializerOptions> write) : JsonConverter<T>
{
    public override bool CanConvert(Type typeToConvert) => typeof(T).IsAssignableFrom(typeToConvert);

    public override T Read(ref Utf8JsonReader reader, Type typeToConvert, JsonSerializerOptions options) => throw new NotSupportedException("Shared values are written, not read.");

    public override void Write(Utf8JsonWriter writer, T value, JsonSerializerOptions options) => write(writer, value, options);

    // The key of a dictionary.
    public override void WriteAsPropertyName(Utf8JsonWriter writer, T value, JsonSerializerOptions options) =>
        writer.WritePropertyName(Convert.ToString(value, CultureInfo.InvariantCulture)!);
}
