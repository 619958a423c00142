namespace AuxLossRnn.Sequences;

/// <summary>Which dataset, how large and in which form.</summary>
/// <param name="Name">One of <see cref="DatasetNames.All"/>.</param>
/// <param name="Side">The side in pixels; null for the images' own.</param>
/// <param name="Silence">Blank steps after the last pixel.</param>
/// <param name="TrainLimit">At most this many training examples, before some are held out; null for all.</param>
/// <param name="TestLimit">At most this many test examples; null for all.</param>
/// <param name="ValidationFraction">The part of the training examples held out, at least 0 and below 1.</param>
/// <param name="Seed">The seed of that choice.</param>
/// <param name="BoundingBox">Whether stanford-dogs' photographs are cropped to the dog.</param>
/// <param name="Variants">How many training images are made of each of stanford-dogs' photographs; 1 for none but itself.</param>
/// <param name="MaxLength">The steps after which a text is cut; null for never.</param>
/// <param name="Vocabulary">The levels of a text's characters.</param>
/// <param name="Files">The files of a reader's own sequences; null for the kit's datasets.</param>
/// <param name="Labelled">How many of the training examples that are not held out keep their labels; null for all.</param>
public sealed record DatasetRequest(
    string Name, int? Side = null, int Silence = 0, int? TrainLimit = null, int? TestLimit = null,
    double ValidationFraction = 0, long Seed = 1, bool BoundingBox = false, int Variants = 1,
    int? MaxLength = DatasetRequest.DefaultMaxLength, TextVocabulary Vocabulary = TextVocabulary.Alphabet,
    int? Labelled = null, SequenceFiles? Files = null)
{
    /// <summary>The longest text where nothing else is said: the paper's have 300 characters on average.</summary>
    public const int DefaultMaxLength = 400;
}
