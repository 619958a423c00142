using System.Text.Json;
using System.Text.Json.Serialization;

namespace AuxLossRnn.Runtime;

/// <summary>Writes a list on one line of a file whose other values have a line each.</summary>
internal sealed class OnOneLine<TList> : JsonConverter<object>
{
    public override object? Read(ref Utf8JsonReader reader, Type typeToConvert, JsonSerializerOptions options) => JsonSerializer.Deserialize<TList>(ref reader, KitJson.Line);

    public override void Write(Utf8JsonWriter writer, object value, JsonSerializerOptions options) => writer.WriteRawValue(JsonSerializer.SerializeToUtf8Bytes(value, KitJson.Line));

    public override bool CanConvert(Type typeToConvert) => typeToConvert.IsAssignableFrom(typeof(TList));
}
