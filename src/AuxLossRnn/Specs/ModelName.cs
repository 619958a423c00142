using System.Text.Json;
using System.Text.Json.Serialization;
using System.Text.RegularExpressions;
using AuxLossRnn.Runtime;

namespace AuxLossRnn.Specs;

/// <summary>An encoder and the auxiliary losses it is trained with, in one word: <c>lstm</c>, <c>r-lstm</c>, <c>rp-irnn</c>, <c>r+ink-mgu</c>.</summary>
/// <remarks>
/// Before the dash stand the losses: <c>r</c> reconstructs what came before random anchors and <c>p</c> predicts what comes after
/// them (§2.1; the authors never combined the two); losses of one's own are named whole, with a plus sign between names.
/// After it stands the encoder: one of <see cref="Models.Encoders.All"/>, or one of one's own.
/// </remarks>
[JsonConverter(typeof(ModelNameJsonConverter))]
public sealed partial record ModelName
{
    /// <summary>The name of the loss <c>r</c>.</summary>
    public const string Reconstruction = "reconstruction";

    /// <summary>The name of the loss <c>p</c>.</summary>
    public const string Prediction = "prediction";

    private readonly string _text;

    private ModelName(string encoder, IReadOnlyList<string> losses)
    {
        (Encoder, Losses) = (encoder, losses);
        bool letters = losses.All(IsKits);
        string before = string.Join(letters ? "" : "+", losses.Select(loss => IsKits(loss) ? loss[..1] : loss));
        _text = losses.Count == 0 ? encoder : $"{before}-{encoder}";
    }

    /// <summary>An LSTM with the supervised loss alone.</summary>
    public static ModelName Lstm { get; } = Parse("lstm");

    /// <summary>An LSTM that also reconstructs.</summary>
    public static ModelName RLstm { get; } = Parse("r-lstm");

    /// <summary>An LSTM that also predicts.</summary>
    public static ModelName PLstm { get; } = Parse("p-lstm");

    /// <summary>An LSTM with both losses.</summary>
    public static ModelName RpLstm { get; } = Parse("rp-lstm");

    /// <summary>A gated recurrent unit (Cho et al. 2014).</summary>
    public static ModelName Gru { get; } = Parse("gru");

    /// <summary>Rectified linear units that begin as the identity (Le, Jaitly, Hinton 2015).</summary>
    public static ModelName Irnn { get; } = Parse("irnn");

    /// <summary>A complex state with a unitary recurrent matrix (Arjovsky, Shah, Bengio 2016).</summary>
    public static ModelName Urnn { get; } = Parse("urnn");

    /// <summary>A Transformer encoder (Vaswani et al. 2017).</summary>
    public static ModelName Transformer { get; } = Parse("transformer");

    /// <summary>The encoder's name.</summary>
    public string Encoder { get; }

    /// <summary>The losses' names, in the order in which they are computed.</summary>
    public IReadOnlyList<string> Losses { get; }

    /// <summary>The name of an encoder with some losses.</summary>
    /// <param name="encoder">The encoder's name.</param>
    /// <param name="losses">The losses' names.</param>
    /// <exception cref="UserException">One of them is no such name.</exception>
    public static ModelName Of(string encoder, params IReadOnlyList<string> losses) => Parse(new ModelName(encoder, losses)._text);

    /// <summary>Reads a name.</summary>
    /// <param name="text">The name.</param>
    /// <exception cref="UserException">It is no such name.</exception>
    public static ModelName Parse(string text)
    {
        Match match = Form().Match(text);
        if (!match.Success)
        {
            throw new UserException(
                $"'{text}' is no model: give an encoder such as lstm or gru, or losses, a dash and an encoder, such as r-lstm, p-gru, rp-irnn or ink-lstm. "
                + "Names are of small letters, digits and underscores, and begin with a letter.");
        }

        string before = match.Groups["losses"].Value;
        string[] names = before.Length == 0 ? [] : before is "r" or "p" or "rp" or "pr" ? [.. before.Order().Reverse().Select(letter => $"{letter}")] : before.Split('+');
        string[] losses = [.. names.Select(name => name switch
        {
            "r" => Reconstruction,
            "p" => Prediction,
            _ => name,
        })];
        return losses.Distinct().Count() == losses.Length
            ? new ModelName(match.Groups["encoder"].Value, losses)
            : throw new UserException($"'{text}' is no model: it names a loss twice. Give two losses of one kind two names.");
    }

    /// <summary>Reads a name; so that a spec can say <c>Model = "r-lstm"</c>.</summary>
    /// <param name="text">The name.</param>
    public static implicit operator ModelName(string text) => Parse(text);

    /// <inheritdoc/>
    public bool Equals(ModelName? other) => _text == other?._text;

    /// <inheritdoc/>
    public override int GetHashCode() => _text.GetHashCode(StringComparison.Ordinal);

    /// <summary>The name.</summary>
    public override string ToString() => _text;

    private static bool IsKits(string loss) => loss is Reconstruction or Prediction;

    [GeneratedRegex(@"^((?<losses>[a-z][a-z0-9_]*(\+[a-z][a-z0-9_]*)*)-)?(?<encoder>[a-z][a-z0-9_]*)\z")]
    private static partial Regex Form();

    private sealed class ModelNameJsonConverter : JsonConverter<ModelName>
    {
        public override ModelName Read(ref Utf8JsonReader reader, Type type, JsonSerializerOptions options) => Parse(reader.GetString() ?? "");

        public override void Write(Utf8JsonWriter writer, ModelName value, JsonSerializerOptions options) => writer.WriteStringValue(value.ToString());
    }
}
